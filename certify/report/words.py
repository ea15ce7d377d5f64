"""What a claim is called and what exactly it says, in words: the form that all kinds of claim share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

from flint import fmpq

from proofs.checking import Outcome
from proofs.exact import show
from proofs.instance import Instance


class Words(NamedTuple):
    """The words for one kind of claim: a few for a summary, and its scope, one item a line."""

    summary: Callable[[Outcome], str]
    scope: Callable[[Instance, Outcome], Iterator[str]]


_C = TypeVar("_C")


def claimed(outcome: Outcome, *kinds: type[_C]) -> _C:
    """The claim, which is of one of these kinds.

    Raises:
        TypeError: it is of another.
    """
    if not isinstance(outcome.claim, kinds):
        raise TypeError(f"expected a claim of another kind than {outcome.claim.kind}")
    return outcome.claim


def minimum_text(kind: str, gap: fmpq | None) -> str:
    """`local minimum, not global`, when a gap is claimed."""
    return kind if gap is None else f"{kind}, not global"


def layers_text(instance: Instance) -> str:
    """`2 hidden layers of sin`."""
    network = instance.architecture
    return f"{network.depth} hidden layer{'' if network.depth == 1 else 's'} of {network.activation.name}"


def network_text(instance: Instance) -> str:
    """`2 hidden layers of sin without an output bias`."""
    return f"{layers_text(instance)} {'with' if instance.architecture.output_bias else 'without'} an output bias"


def widths_text(least: tuple[int, ...]) -> str:
    """`d_1 ≥ 1, d_2 ≥ 2`."""
    return ", ".join(f"d_{h} ≥ {least_width}" for h, least_width in enumerate(least, 1))


def some_widths(instance: Instance) -> str:
    """`every width`, or `widths 3-2` of an instance whose widths are fixed."""
    widths = instance.architecture.widths
    return "every width" if widths is None else f"widths {'-'.join(map(str, widths))}"


def at_widths(instance: Instance) -> str:
    """`at every width`, or `for these widths`."""
    return "at every width" if instance.architecture.widths is None else "for these widths"


def exactly(loss: fmpq) -> str:
    """The loss, exact when it is short."""
    text = str(loss)
    return text if len(text) <= 30 else f"{show(loss)}... (exact rational in the certificate)"


def lower_text(gap: fmpq, least_widths: tuple[int, ...]) -> str:
    """How much lower other points are, and at which widths."""
    return f"a point lower by at least {show(gap)} exists for {widths_text(least_widths)}"
