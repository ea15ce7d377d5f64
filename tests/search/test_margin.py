"""The widest margin of several forms, where it is known, and against its dual bound."""

from __future__ import annotations

import numpy as np
import pytest

from certify.search.margin import Forms, widest_margin
from tests.search.chains import cloud


def test_margin_of_two_numbers() -> None:
    """Forms of size 1 are inner products with D; with orthogonal unit vectors the best t is 1 / sqrt(2)."""
    one = np.ones((4, 1))
    weights = (np.array([1.0, 0, 0, 3]), np.array([0, 1.0, 0, 3]))
    forms = Forms((one, one), weights, np.eye(4)[:, 3:])
    found = widest_margin(forms)
    assert found is not None
    assert 0.7071 / 1.1 <= found[1] <= 0.7072
    assert np.linalg.norm(found[0]) == pytest.approx(1)
    assert found[0][3] == pytest.approx(0, abs=1e-15)
    assert widest_margin(forms, 0.6) is not None
    assert widest_margin(forms, 0.8) is None


def test_no_margin_where_a_form_is_a_condition() -> None:
    basis = np.linalg.qr(cloud(12, 3))[0]
    condition = (basis @ np.array([1.0, 2.0, -1.0])) ** 2
    conditions = (condition / np.linalg.norm(condition))[:, None]
    found = widest_margin(Forms((basis,), (np.ones(12),), conditions))
    assert found is None or found[1] < 1e-14


def test_margin_is_within_a_tenth_of_the_dual_bound() -> None:
    generator = np.random.default_rng(2)
    basis, conditions = np.linalg.qr(cloud(40, 3))[0], np.linalg.qr(cloud(40, 5))[0]
    forms = Forms((basis,), (generator.uniform(-1, 1, size=40),), conditions)
    found = widest_margin(forms)
    assert found is not None
    residual, margin = found
    assert forms.least_eigenvalue(residual) == pytest.approx(margin)
    assert widest_margin(forms, margin * 1.101) is None
    for _ in range(200):
        root = generator.normal(size=(3, 3))
        quadratic = forms.weights[0] * np.sum((basis @ root) ** 2, axis=1)
        assert np.linalg.norm(forms.project(quadratic)) / np.sum(root**2) >= margin
