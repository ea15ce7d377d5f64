"""The frame: half the Hessian is near the identity in it, and the arguments are those that fitted-point/1 reads."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from flint import arb, arb_mat, fmpq

from certify.data import read_dataset
from certify.search.fitted import find_fitted
from certify.search.frame import framed_chain
from certify.search.newton import critical_chain, identity
from certify.search.tables import to_floats
from proofs.activations import CATALOGUE
from proofs.balls import precision
from proofs.document import Reader
from proofs.instance import Architecture, Instance
from proofs.lemmas import LEMMAS
from proofs.losses import LOSSES
from proofs.table import table_from_columns

IRIS = Path(__file__).parents[2] / "examples" / "iris.csv"


@pytest.mark.parametrize(("depth", "bias"), [(1, False), (1, True), (2, False)])
def test_the_frame_and_its_arguments(depth: int, bias: bool) -> None:
    dataset = read_dataset(IRIS, None, ())
    inputs = to_floats(dataset.inputs)
    found = find_fitted(inputs, "silu", depth, bias, 0, 60, lambda message: None)
    assert found is not None
    state = inputs @ found.chain.direction + found.chain.biases[0]
    for scale, offset in zip(found.chain.scales, found.chain.biases[1:], strict=True):
        state = scale * state / (1 + 2.718281828459045 ** (-state)) + offset
    outputs = found.chain.weight * state / (1 + 2.718281828459045 ** (-state))
    column = [round(float(y) * 1000) for y in outputs - found.amplitude * found.residual]
    network = Architecture(CATALOGUE["silu"], depth, None, 1, bias)
    targets = table_from_columns([(column, 1000)], dataset.inputs.rows)
    instance = Instance(dataset.features, dataset.inputs, targets, network, LOSSES["squared"], "", "")
    basis = range(4)
    with precision(128):
        chain = framed_chain(instance, basis, found)
        assert chain is not None
        settled = critical_chain(instance, basis, chain.centre)
        assert settled is not None
        frame = arb_mat([[arb(entry) for entry in row] for row in chain.frame])
        defect = (frame.transpose() * settled[1] * frame - identity(len(chain.centre))).entries()
        assert all(abs(float(entry.mid())) < 0.05 for entry in defect)
        arguments = chain.arguments(instance, (), fmpq(1, 10**7), fmpq(8, 5))
        proved = LEMMAS["fitted-point/1"].check(instance, (), Reader.of(arguments, "arguments"))
    assert "for all targets within 1/10000000" in proved.detail
    for value, radius in zip(arguments["radii"], chain.sensitivity, strict=True):  # type: ignore[call-overload]
        assert float(Fraction(value)) == pytest.approx(1.6e-7 * radius, rel=0.06)
