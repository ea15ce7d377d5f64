"""Newton's method for chains: it ends at a point where the gradient is zero to all digits, or says that it does not."""

from __future__ import annotations

from itertools import pairwise
from math import tanh

import pytest
from flint import arb, arb_mat, fmpq

from certify.search.newton import critical_chain, identity
from proofs.activations import CATALOGUE
from proofs.balls import precision
from proofs.chain import directions, evaluate, homogeneous_inputs
from proofs.instance import Architecture, Instance
from proofs.losses import LOSSES
from proofs.table import table_from_rows


def instance(targets: list[fmpq], loss: str) -> Instance:
    inputs = table_from_rows([[fmpq(n, 3)] for n in range(-4, 5)], 1)
    network = Architecture(CATALOGUE["tanh"], 1, None, 1, output_bias=False)
    return Instance(("x",), inputs, table_from_rows([[y] for y in targets], 1), network, LOSSES[loss], "", "")


@pytest.mark.parametrize("loss", ["squared", "pseudo-huber"])
def test_the_gradient_vanishes(loss: str) -> None:
    wavy = [fmpq(round(1000 * (tanh(n / 3 - 0.5) / 2 + 0.03 * (-1) ** n)), 1000) for n in range(-4, 5)]
    case = instance(wavy, loss)
    with precision(128):
        found = critical_chain(case, (0,), [arb(1), arb("-0.5"), arb("0.5")])
        assert found is not None
        parameters, hessian, _ = found
        inputs = homogeneous_inputs(case, (0,))
        values = evaluate(case.architecture.activation, inputs, 1, parameters, identity(3), [arb(0)] * 3)
        along = directions(values, inputs, identity(3))
        residual = [case.loss.residual(t, arb(y)) for t, y in zip(values.outputs, wavy, strict=True)]
        gradient = (along.outputs.transpose() * arb_mat(9, 1, residual)).entries()
        assert all(float(abs(entry).mid()) < 1e-30 for entry in gradient)
        assert all(float(abs(hessian[i, j] - hessian[j, i]).mid()) < 1e-30 for i, j in pairwise(range(3)))


def test_where_it_does_not_settle_there_is_no_answer() -> None:
    with precision(128):
        assert critical_chain(instance([fmpq(0)] * 9, "squared"), (0,), [arb(0), arb(0), arb(0)]) is None
