"""Random formulas in z."""

from __future__ import annotations

from hypothesis import strategies as st

from proofs.expression import UNARY_FUNCTIONS

_LEAVES = st.sampled_from(["z", "z", "z", "1", "2", "0.3", "1.25", "pi", "e"])


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]}){t[1]}({t[2]})"),
        st.tuples(inner, st.sampled_from("+-*")).map(lambda t: f"{t[0]}{t[1]}z"),
        st.tuples(st.sampled_from(UNARY_FUNCTIONS), inner).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(inner, st.sampled_from(["2", "3", "-1", "-2", "(1/2)", "(-3/2)", "4"])).map(
            lambda t: f"({t[0]})**{t[1]}"
        ),
        st.tuples(st.sampled_from(["max", "min"]), inner, inner).map(lambda t: f"{t[0]}({t[1]},{t[2]})"),
        st.tuples(st.sampled_from(["0", "-1/2", "3"]), inner, inner).map(
            lambda t: f"piecewise(z<{t[0]},{t[1]},{t[2]})"
        ),
        inner.map(lambda t: f"-({t})"),
    )


def texts(leaves: int = 6) -> st.SearchStrategy[str]:
    """Formulas of the grammar, not in their canonical spelling, some of them constant."""
    return st.recursive(_LEAVES, _larger, max_leaves=leaves).filter(lambda text: len(text) < 150)
