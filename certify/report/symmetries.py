"""The symmetries of an examined network, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from proofs.exact import show
from proofs.kernel import Fact, propositions
from proofs.lemmas.critical_point import CriticalPoint
from proofs.symmetries import Symmetry

_WORDS = {
    "scaling": ("can be scaled, the outgoing weights undoing it", "can be scaled, the outgoing weights undoing it"),
    "shift": ("has a bias that can be shifted", "have biases that can be shifted"),
    "mix": ("can take up another's incoming weights", "can take up each other's incoming weights"),
    "exchange": ("can change its incoming weights", "can exchange incoming weights"),
    "dependency": (
        "has incoming weights that can move along a dependency of the inputs",
        "have incoming weights that can move along dependencies of the inputs",
    ),
}


def symmetry_lines(facts: Sequence[Fact]) -> Iterator[str]:
    """One line for each layer and kind: `unit 3 of layer 1 is dead on the data (margin 0.12): its 5 parameters are
    free`. Units are counted from 0, as the rows of the weights are."""
    groups: dict[tuple[int, str], list[Symmetry]] = defaultdict(list)
    for point in propositions(facts, CriticalPoint):
        for symmetry in point.symmetries:
            groups[symmetry.stated.layer, symmetry.stated.kind.removesuffix("-outgoing")].append(symmetry)
    for (layer, kind), group in sorted(groups.items(), key=lambda item: item[0]):
        yield _line(layer, kind, group)


def _line(layer: int, kind: str, group: Sequence[Symmetry]) -> str:
    if kind == "softmax":
        return f"softmax: a number can be added to all outputs, in {len(group)} ways"
    units = sorted({unit for s in group for unit in s.stated.units or [s.stated.places["unit"]]})
    several = len(units) > 1
    names = f"unit{'s' * several} {', '.join(map(str, units))} of layer {layer}"
    margins = [s.margin for s in group if s.margin is not None]
    margin = f" (pre-activations ≥ {show(min(margins))} from kinks)" if margins else ""
    if kind == "dead":
        dead = f"{names} {'are' if several else 'is'} dead on the data{margin}"
        return f"{dead}: {len(group)} of {'their' if several else 'its'} parameters are free"
    ways = f", in {len(group)} ways" if len(group) > 1 and len(group) != len(units) else ""
    return f"{names} {_WORDS[kind][several]}{ways}{margin}"
