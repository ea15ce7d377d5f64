"""The weight decay of a training run, as what it adds to the sum of the losses."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq

from certify.errors import UsageError
from certify.exact import exact
from proofs.instance import WeightDecay
from proofs.losses import AnyLoss, CrossEntropy

REDUCTIONS = ("mean", "sum")


@dataclass(frozen=True, slots=True)
class Training:
    """How the weights decayed while a network was trained.

    Attributes:
        rate: the optimizer added this times the parameter to the gradient of the loss (PyTorch's convention).
        reduction: whether that loss was the mean or the sum.
        biases: whether biases decayed, too.
    """

    rate: fmpq
    reduction: str
    biases: bool

    def of_the_sum(self, loss: AnyLoss, samples: int, outputs: int) -> WeightDecay | None:
        """The decay beside the sum of the losses.

        A step along the gradient of L plus rate * theta goes down L + (rate / 2) |theta|^2. For the mean L of k losses
        this is a k-th of the sum plus k (rate / 2) |theta|^2. A mean is over samples for the cross-entropy, and over
        samples and outputs for losses of single outputs.
        """
        if self.rate == 0:
            return None
        terms = samples if isinstance(loss, CrossEntropy) else samples * outputs
        factor = self.rate / 2 * (terms if self.reduction == "mean" else 1)
        return WeightDecay(factor, factor if self.biases else fmpq(0))


def read_training(rate: str, reduction: str, biases: bool) -> Training:
    """Out of the options of the command line; a decimal means exactly that decimal.

    Raises:
        UsageError: the rate is no number, or negative; or the reduction is unknown.
    """
    if reduction not in REDUCTIONS:
        raise UsageError(f"--reduction: expected {' or '.join(REDUCTIONS)}, found {reduction!r}")
    try:
        number = fmpq(*exact(rate))
    except ValueError as error:
        raise UsageError(f"--weight-decay: {error}") from None
    if number < 0:
        raise UsageError(f"--weight-decay: expected a number that is not negative, found {rate}")
    return Training(number, reduction, biases)
