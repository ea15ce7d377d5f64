"""examined-optimum/1: the least loss of equal inputs, where it is an entropy."""

from __future__ import annotations

from proofs.derivations.algebra import Expr, Mul, column, diff, exp, log, symbol_matrix, symbols
from proofs.derivations.derivation import Derivation, Hypothesis

CLASSES = 3


def _logistic() -> Derivation:
    odds, mean, output, first, second = symbols("q m t l_1 l_2", positive=True)
    value = log(1 + exp(output)) - mean * output
    return Derivation(
        "The least logistic loss of equal inputs",
        "f(t) = log(1 + e^t) - m t has f' = 0 and f = -m ln m - (1 - m) ln(1 - m) at e^t = q = m / (1 - m).",
        (
            Hypothesis("t = ln q", {output: log(odds)}),
            Hypothesis("ln m = ln q - ln(1 + q)", {first: log(odds) - log(1 + odds)}),
            Hypothesis("ln(1 - m) = -ln(1 + q)", {second: -log(1 + odds)}),
            Hypothesis("m = q / (1 + q)", {mean: odds / (1 + odds)}),
        ),
        lambda: column((value + mean * first + (1 - mean) * second, diff(value, output))),
    )


def _poisson() -> Derivation:
    mean, output = symbols("m t", positive=True)
    value = exp(output) - mean * output
    return Derivation(
        "The least Poisson loss of equal inputs",
        "f(t) = e^t - m t has f' = 0 and f = m - m ln m at t = ln m.",
        (Hypothesis("t = ln m", {output: log(mean)}),),
        lambda: column((value - mean + _plog(mean), diff(value, output))),
    )


def _cross_entropy() -> Derivation:
    outputs, means = symbol_matrix("t", CLASSES), symbol_matrix("m", CLASSES)
    value = log(sum(exp(t) for t in outputs)) - sum(m * t for m, t in zip(means, outputs, strict=True))
    entropy = -sum(_plog(m) for m in means)
    return Derivation(
        f"The least cross-entropy of equal inputs, {CLASSES} classes",
        "f(t) = log sum_o e^t_o - sum_o m_o t_o has no slope and f = -sum_o m_o ln m_o at t_o = ln m_o, sum m = 1.",
        (
            Hypothesis("t_o = ln m_o", {t: log(m) for t, m in zip(outputs, means, strict=True)}),
            Hypothesis("the m_o sum to 1", {means[CLASSES - 1]: 1 - sum(means[: CLASSES - 1])}),
        ),
        lambda: column((value - entropy, *(diff(value, t) for t in outputs))),
    )


def _plog(m: Expr) -> Expr:
    return Mul(m, log(m))


DERIVATIONS = (_logistic(), _poisson(), _cross_entropy())
