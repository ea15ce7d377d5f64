"""What users may write for an activation, and what is refused with a message that helps."""

from __future__ import annotations

import mpmath
import pytest

from certify.activation import ALIASES, FAMILIES, resolve
from certify.errors import UsageError
from proofs.formulas import ROWS, read_activation
from tests.proofs.oracle import sigma

MEANT = {
    "silu": "silu",
    " mish ": "mish",
    "swish": "silu",
    "siren": "sin(30*z)",
    "siren:omega=5/2": "sin(5/2*z)",
    "softplus:beta=5": "softplus(5*z)/5",
    "softplus:beta=0.1": "softplus(1/10*z)/(1/10)",
    "softplus:beta=-2": "softplus(-2*z)/-2",
    "softplus:beta=1e-3": "softplus(1/1000*z)/(1/1000)",
    "swish:beta=1.5": "z*sigmoid(3/2*z)",
    "elu:alpha=2": "piecewise(z<0,2*expm1(z),z)",
    "celu: alpha = 1/2 ": "piecewise(z<0,1/2*expm1(z/(1/2)),z)",
    "snake:a=3": "z+sin(3*z)**2/3",
    "quadratic:c=-1,a=2": "2*z**2+1*z+-1",
    "z*tanh(log(1+exp(z)))": "z*tanh(log(1+exp(z)))",
    " z * tanh( z ) ": "z*tanh(z)",
    "0.50*z**2.0": "0.5*z**2",
    "exp(z)": "exp(z)",
    "z": "z",
}


@pytest.mark.parametrize(("text", "name"), MEANT.items())
def test_what_is_meant(text: str, name: str) -> None:
    found = resolve(text)
    assert found.name == name
    assert found.kinks == read_activation(name, "").kinks


REFUSED = {
    "sigmoit": "unknown 'sigmoit' (did you mean 'sigmoid'",
    "relux": "unknown 'relux'",
    "": "unknown ''",
    "linear": "linear networks have no bad local minima",
    "softplus:": "softplus takes beta=1; found ''",
    "softplus:beta": "softplus takes beta=1; found 'beta'",
    "softplus:gamma=2": "softplus takes beta=1; found 'gamma=2'",
    "softplus:beta=": "beta: expected a number",
    "softplus:beta=x": "beta: expected a number",
    "softplus:beta=nan": "beta: expected a number",
    "softplus:beta=1/0": "beta: '1/0' divides by zero",
    "softplus:beta=0": "beta: expected a number that is not 0",
    "softplus:beta=2,beta=3": "beta is given twice",
    "softplus:beta=1e50": "beta: expected at most 40 digits",
    "softplus:beta=1e999999": "more than",
    "celu:alpha=-1": "alpha: expected a positive number, found '-1'",
    "elu:alpha=0": "alpha: expected a positive number, found '0'",
    "mish:beta=1": "mish has no parameters; those that have: sigmoid",
    "softpluss:beta=1": "unknown 'softpluss' (did you mean 'softplus'?)",
    "quadratic:a=0": "a: expected a number that is not 0",
    "z*": "no formula in z: unexpected the end",
    "z^2": "unexpected '^'",
    "exp(x)": "unknown name 'x' in a formula",
    "z/0": "division by '0'",
    "1+1": "does not depend on z",
    "sqrt(-1)*z": "'sqrt(-1)' has no bounded value",
    "__import__('os')": 'unexpected "\'"',
    "9**9**9": "a power of a power needs parentheses",
    "z+" * 300 + "z": "a formula of 601 characters",
}


@pytest.mark.parametrize(("text", "message"), REFUSED.items(), ids=lambda text: repr(text[:24]))
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as refusal:
        resolve(text)
    assert str(refusal.value).startswith("activation: ")
    assert message in str(refusal.value)
    assert len(str(refusal.value)) < 400


def test_aliases_are_of_rows() -> None:
    assert set(ALIASES.values()) <= set(ROWS)
    assert not set(ALIASES) & set(ROWS)


@pytest.mark.parametrize("name", [name for name in FAMILIES if name in ROWS])
def test_the_defaults_of_a_family_are_the_row_of_its_name(name: str) -> None:
    defaults = ",".join(f"{key}={value}" for key, value in FAMILIES[name].parameters.items())
    formula = resolve(f"{name}:{defaults}").name
    if name in ROWS and ROWS[name].piecewise is not None:
        assert resolve(formula).piecewise == ROWS[name].piecewise
        return
    with mpmath.workdps(60):
        for z in map(mpmath.mpf, ("-2.5", "-0.1", "0.75", "3")):
            for order in range(3):
                assert abs(sigma(formula, z, order) - sigma(name, z, order)) < 1e-40


@pytest.mark.parametrize("name", FAMILIES)
def test_parameters_are_all_used_and_all_defaults_are_allowed(name: str) -> None:
    family = FAMILIES[name]
    assert all(f"{{{key}}}" in family.formula for key in family.parameters)
    assert family.positive | family.nonzero <= set(family.parameters)
    for key in family.parameters:
        assert resolve(f"{name}:{key}=7/3").name != resolve(f"{name}:{key}=8/3").name
