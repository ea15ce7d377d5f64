"""Weight decay as PyTorch has it, converted: the same gradient as for the sum of the losses, times that of a mean."""

from __future__ import annotations

from dataclasses import replace

import mpmath
import pytest
from flint import fmpq

from certify.decay import REDUCTIONS, Training, read_training
from certify.errors import UsageError
from proofs.instance import WeightDecay
from proofs.losses import EVERY_LOSS
from tests.proofs.examined import EXAMINED, loss_at, shape_and_centre
from tests.proofs.oracle import real

CRITICAL = "critical-point/1"

CONVERTED: list[tuple[str, str, bool, str, WeightDecay | None]] = [
    ("0.01", "mean", True, "squared", WeightDecay(fmpq(3, 10), fmpq(3, 10))),
    ("0.01", "mean", False, "squared", WeightDecay(fmpq(3, 10), fmpq(0))),
    ("0.01", "sum", True, "squared", WeightDecay(fmpq(1, 200), fmpq(1, 200))),
    ("0.01", "mean", True, "logistic", WeightDecay(fmpq(3, 10), fmpq(3, 10))),
    ("0.01", "mean", True, "cross-entropy", WeightDecay(fmpq(1, 10), fmpq(1, 10))),
    ("1e-2", "sum", False, "cross-entropy", WeightDecay(fmpq(1, 200), fmpq(0))),
    ("1/3", "sum", True, "poisson", WeightDecay(fmpq(1, 6), fmpq(1, 6))),
    ("0", "mean", True, "squared", None),
    ("0.0", "sum", False, "cross-entropy", None),
]


@pytest.mark.parametrize(("rate", "reduction", "biases", "loss", "expected"), CONVERTED)
def test_converted(rate: str, reduction: str, biases: bool, loss: str, expected: WeightDecay | None) -> None:
    """20 samples, 3 outputs."""
    assert read_training(rate, reduction, biases).of_the_sum(EVERY_LOSS[loss], 20, 3) == expected


@pytest.mark.parametrize("rate", ["-1", "nan", "inf", "", "x", "1e-999999", "0.1.2"])
def test_refused(rate: str) -> None:
    with pytest.raises(UsageError, match="--weight-decay"):
        read_training(rate, "mean", True)


@pytest.mark.parametrize("name", ["two-outputs", "entropy", "logistic"])
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("biases", [False, True])
def test_the_optimizer_s_gradient_is_that_of_the_sum(name: str, reduction: str, biases: bool) -> None:
    """dL + rate * theta, L being the mean or the sum, is parallel to the gradient of the loss with decay."""
    case = EXAMINED[name].about({"weight_decay": None} if name == "entropy" else {})
    instance, rate = case.instance, fmpq(1, 7)
    shape, centre = shape_and_centre(case, CRITICAL)
    outputs = instance.architecture.outputs
    terms = 1 if reduction == "sum" else instance.samples * (1 if instance.loss.name == "cross-entropy" else outputs)
    decay = Training(rate, reduction, biases).of_the_sum(instance.loss, instance.samples, outputs)
    with mpmath.workdps(50):
        step, point = mpmath.mpf(10) ** -20, [real(c) + mpmath.mpf(1) / 3 for c in centre]
        hidden = shape.sizes[0] + 1  # incoming weights and the bias of each unit of the first layer
        for k in (0, hidden - 1):

            def slope(of: object, k: int = k) -> mpmath.mpf:
                up, down = ([p + side * step * (j == k) for j, p in enumerate(point)] for side in (1, -1))
                return (loss_at(of, shape, up) - loss_at(of, shape, down)) / (2 * step)

            decays = biases or k == 0
            optimizer = slope(case) / terms + (real(rate) * point[k] if decays else 0)
            assert decay is not None
            document = {"weights": str(decay.weights), "biases": str(decay.biases)}
            with_decay = replace(case, document={**case.document, "weight_decay": document})
            assert abs(slope(with_decay) - terms * optimizer) < mpmath.mpf(10) ** -25
