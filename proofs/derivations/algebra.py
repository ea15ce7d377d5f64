"""Symbolic algebra for an activation nobody has specified. The only module that imports SymPy.

SymPy is untyped; what the derivations use of it is re-exported from here, so that the rest of the package reads as
mathematics and a type checker meets the untyped library once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sympy import (
    Add,
    Expr,
    Function,
    Matrix,
    Mul,
    Poly,
    Symbol,
    atan,
    cos,
    diag,
    diff,
    erf,
    exp,
    expand,
    fraction,
    hessian,
    log,
    pi,
    simplify,
    sin,
    sqrt,
    symbols,
    tanh,
    together,
    trace,
    zeros,
)

__all__ = [
    "Add",
    "Ell",
    "Expr",
    "Matrix",
    "Mul",
    "Sigma",
    "Symbol",
    "atan",
    "column",
    "cos",
    "diag",
    "diff",
    "erf",
    "exp",
    "expand",
    "hessian",
    "is_zero",
    "log",
    "moment",
    "pi",
    "sin",
    "sqrt",
    "sum_over_samples",
    "symbol_matrix",
    "symbols",
    "tanh",
    "taylor",
    "trace",
    "zeros",
]


class _Unspecified(Function):  # type: ignore[misc]  # the base class is untyped
    """The r-th derivative of a function nobody has specified: it knows the chain rule, nothing else."""

    nargs = 2

    def fdiff(self, argindex: int = 2) -> Expr:
        """The derivative in z; SymPy's hook for the chain rule (the order is a number and is never differentiated)."""
        order, z = self.args
        return self.func(order + 1, z)


class Sigma(_Unspecified):
    """`Sigma(r, z)` is the r-th derivative of an unspecified activation at z."""

    nargs = 2


class Ell(_Unspecified):
    """`Ell(r, T)` is the r-th derivative in T of an unspecified loss l(T, y)."""

    nargs = 2


def symbol_matrix(name: str, rows: int, columns: int = 1) -> Matrix:
    """A rows x columns matrix of independent symbols."""
    return Matrix(rows, columns, lambda i, k: Symbol(f"{name}[{i + 1},{k + 1}]" if columns > 1 else f"{name}[{i + 1}]"))


def column(entries: Iterable[Expr]) -> Matrix:
    """The entries as one column."""
    return Matrix(list(entries))


def taylor(expression: Expr, variable: Symbol, order: int) -> list[Expr]:
    """The Taylor coefficients of degree 0..order in `variable` at 0."""
    coefficients, factorial = [], 1
    for degree in range(order + 1):
        factorial *= max(degree, 1)
        coefficients.append(expression.subs(variable, 0) / factorial)
        expression = diff(expression, variable)
    return coefficients


def moment(*exponents: int) -> Symbol:
    """The symbol that stands for sum_n of a monomial in the quantities of sample n."""
    return Symbol("mu[" + ",".join(map(str, exponents)) + "]")


def sum_over_samples(expression: Expr, of_sample: Sequence[Symbol]) -> Expr:
    """sum_n of a polynomial in the symbols `of_sample`, for any number of samples and any data.

    The sum is linear, so it is known once each monomial is replaced by its moment.

    Raises:
        sympy.PolynomialError: the expression is not a polynomial in `of_sample`.
    """
    terms = Poly(expand(expression), *of_sample).terms()
    return Add(*(coefficient * moment(*exponents) for exponents, coefficient in terms))


def is_zero(expression: Expr) -> bool:
    """Whether an expression is identically zero.

    Symbols and values of `Sigma` are independent, so an expression rational in them is zero exactly if its expanded
    numerator is. Related functions (sin and cos, exp and tanh) need simplification, which may miss a zero but does not
    invent one.
    """
    numerator = expand(fraction(together(expand(expression)))[0])
    return bool(numerator == 0 or (numerator.has(cos, erf, exp, sin, tanh) and simplify(expression.rewrite(exp)) == 0))
