"""A constant point that the Coq library covers, and the terms that its theorems share."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq

from certify.coq import terms
from certify.errors import UsageError
from proofs.document import Reader
from proofs.instance import Instance
from proofs.lemmas.constant_point import ConstantPoint

# Activations of the catalogue, and the names that the library has for them.
COVERED = {
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "softplus": "softplus",
    "arctan": "arctan",
    "exp": "exponential",
    "silu": "silu",
    "square": "square",
    "sin": "sine",
    "cos": "cosine",
    "gaussian": "gaussian",
    "sinh": "sinh",
    "cosh": "cosh",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """The instance, its constant point, and the arguments of the certificate's steps by lemma."""

    instance: Instance
    point: ConstantPoint
    arguments: dict[str, Reader]

    def __post_init__(self) -> None:
        """
        Raises:
            UsageError: the library does not cover it.
        """
        network = self.instance.architecture
        if network.activation.name not in COVERED:
            raise UsageError(
                f"the Coq library does not cover {network.activation.name}; it covers {', '.join(COVERED)}"
            )
        if network.outputs != 1:
            raise UsageError(f"the Coq library covers one output, not {network.outputs}")
        if len(self.point.basis) != self.instance.inputs.columns:
            raise UsageError("the Coq library does not cover dependent features; leave them out with --features")
        if self.point.weight_signs[0] == 0:
            raise UsageError("the Coq library does not cover last weights whose sum is zero")

    @property
    def sign(self) -> int:
        """Of the last weights."""
        return self.point.weight_signs[0]

    @property
    def incoming(self) -> list[int]:
        """Signs of the weights into each layer above the first."""
        return [1 if scale > 0 else -1 for scale in self.point.scales]

    @property
    def inputs(self) -> int:
        return self.instance.inputs.columns

    @property
    def activation(self) -> str:
        return COVERED[self.instance.architecture.activation.name]

    @property
    def c(self) -> fmpq:
        return self.point.constants[0]

    def residual(self, n: int) -> fmpq:
        """c minus the target of sample n."""
        return self.c - self.instance.targets.entry(n, 0)

    def derivatives(self, *orders: str) -> str:
        """`(first_of smooth_tanh) (second_of smooth_tanh)`, of the given orders."""
        return " ".join(f"({order}_of smooth_{self.activation})" for order in orders)

    def level(self, h: int) -> str:
        return terms.bracket(self.point.levels[h])

    def real_level(self, h: int) -> str:
        return f"(real_number {terms.number(self.point.levels[h])})"

    def stages(self) -> list[str]:
        """The layers above the first as pairs of a sign and a level."""
        return [f"({terms.sign(s)}%Z, {self.level(h)})" for h, s in enumerate(self.incoming, 1)]

    def is_constant(self) -> str:
        """That `net` is a constant network of this point."""
        stages = terms.listed(f"Stage {terms.sign(s)} {self.real_level(h)}" for h, s in enumerate(self.incoming, 1))
        c, sign = terms.argument(self.c), terms.sign(self.sign)
        return f"constant_network {self.activation} {self.real_level(0)} {stages} (Q2R {c}) {sign} net"

    def nothing_lower(self) -> str:
        """That `net'` is not better than `net`."""
        return f"loss {self.activation} (data_of rows) net <= loss {self.activation} (data_of rows) net'"
