"""critical-point/1 with weight decay and losses that couple the outputs: the cross-entropy, and the chain rule."""

from __future__ import annotations

from proofs.derivations.algebra import Expr, Matrix, Sigma, column, diag, diff, exp, hessian, log, symbols, zeros
from proofs.derivations.derivation import Derivation, Hypothesis

_T = symbols("T1:4", real=True)
_Y = symbols("y1:4", real=True)
_D = symbols("D1:4")
_P = symbols("p1:4")
_TOTAL = sum(map(exp, _T))
_ENTROPY = log(_TOTAL) - sum(y * t for y, t in zip(_Y, _T, strict=True))
_SOFTMAX = Hypothesis("p_o = e^T_o / sum_k e^T_k", {p: exp(t) / _TOTAL for p, t in zip(_P, _T, strict=True)})
_TARGETS = Hypothesis("sum_o y_o = 1", {_Y[2]: 1 - _Y[0] - _Y[1]})
_SUM = Hypothesis("sum_o p_o = 1", {_P[2]: 1 - _P[0] - _P[1]})


def _moments(p: tuple[Expr, ...]) -> Matrix:
    """diag(p) - p p^T."""
    return diag(*p) - Matrix(p) * Matrix(p).T


def _halves() -> Derivation:
    def difference() -> Matrix:
        slopes = column(diff(_ENTROPY, t) / 2 for t in _T)
        curvature = hessian(_ENTROPY, _T) / 2 - _moments(_P) / 2
        return column((*(slopes - Matrix(_D)), *curvature))

    residual = {d: (p - y) / 2 for d, p, y in zip(_D, _P, _Y, strict=True)}
    return Derivation(
        "The cross-entropy, three outputs",
        "Half the derivatives of log sum_o e^T_o - sum_o y_o T_o are D = (p - y)/2 and (diag(p) - p p^T)/2.",
        (Hypothesis("D_o = (p_o - y_o) / 2", residual), _SOFTMAX),
        difference,
    )


def _squares() -> Derivation:
    def difference() -> Matrix:
        total = zeros(3, 3)
        for o in range(3):
            for k in range(o + 1, 3):
                axis = Matrix([int(j == o) - int(j == k) for j in range(3)])
                total += _P[o] * _P[k] * axis * axis.T
        return column(_moments(_P) - total)

    return Derivation(
        "Its curvature is a sum of squares",
        "diag(p) - p p^T = sum_{o<k} p_o p_k (e_o - e_k) (e_o - e_k)^T: so it is positive semidefinite.",
        (_SUM,),
        difference,
    )


def _shift() -> Derivation:
    def difference() -> Matrix:
        return column(sum(diff(part, t) for t in _T) for part in (_ENTROPY, *(diff(_ENTROPY, t) for t in _T)))

    return Derivation(
        "The softmax shift",
        "The derivatives of the cross-entropy and of its gradient along (1, .., 1) are 0.",
        (_TARGETS,),
        difference,
    )


_W, _B, _WEIGHT_DECAY, _BIAS_DECAY, _INPUT = symbols("w b lambda_w lambda_b x")
_TOP, _SHIFTS = symbols("v1:3"), symbols("c1:3")
_PARAMETERS = [_W, _B, *_TOP, *_SHIFTS]
_RATES = [_WEIGHT_DECAY, _BIAS_DECAY, _WEIGHT_DECAY, _WEIGHT_DECAY, _BIAS_DECAY, _BIAS_DECAY]
_SUMS = _W * _INPUT + _B
_OUTPUTS = [v * Sigma(0, _SUMS) + c for v, c in zip(_TOP, _SHIFTS, strict=True)]
_SLOPES, _CURVATURE = symbols("l1:3"), symbols("l11 l12 l22")
_FORCES, _OMEGA = symbols("D1:3"), symbols("omega11 omega12 omega22")
_FORM = Matrix([[_OMEGA[0], _OMEGA[1]], [_OMEGA[1], _OMEGA[2]]])


def _gradient(expression: Expr) -> Matrix:
    return column(diff(expression, p) for p in _PARAMETERS)


def _loss() -> Expr:
    """A loss with any first and second derivatives, plus the decay."""
    one, two = _OUTPUTS
    loss = _SLOPES[0] * one + _SLOPES[1] * two
    loss += _CURVATURE[0] * one**2 / 2 + _CURVATURE[1] * one * two + _CURVATURE[2] * two**2 / 2
    return loss + sum(rate * p**2 for rate, p in zip(_RATES, _PARAMETERS, strict=True))


def _chain_rule() -> Derivation:
    def difference() -> Matrix:
        slope = _gradient(Sigma(0, _SUMS))
        first = sum((d * v for d, v in zip(_FORCES, _TOP, strict=True))) * slope
        total = sum((d * v for d, v in zip(_FORCES, _TOP, strict=True))) * Sigma(2, _SUMS)
        second = total * _gradient(_SUMS) * _gradient(_SUMS).T + diag(*_RATES)
        for o, (d, v, c) in enumerate(zip(_FORCES, _TOP, _SHIFTS, strict=True)):
            first += d * (Sigma(0, _SUMS) * _gradient(v) + _gradient(c))
            mixed = d * _gradient(v) * slope.T
            second += mixed + mixed.T
            for p, other in enumerate(_OUTPUTS):
                second += _FORM[o, p] * _gradient(_OUTPUTS[o]) * _gradient(other).T
        first += column(rate * p for rate, p in zip(_RATES, _PARAMETERS, strict=True))
        return column((*(_gradient(_loss()) / 2 - first), *(hessian(_loss(), _PARAMETERS) / 2 - second)))

    one, two = _OUTPUTS
    slopes = (
        _SLOPES[0] + _CURVATURE[0] * one + _CURVATURE[1] * two,
        _SLOPES[1] + _CURVATURE[1] * one + _CURVATURE[2] * two,
    )
    return Derivation(
        "Gradient and Hessian with two coupled outputs and decay, one sample, one unit",
        "Half the Hessian is sum_{o,p} omega_op dT_o dT_p^T + (sum_o D_o v_o) sigma''(z) dz dz^T + sum_o D_o (dv_o "
        "d sigma(z)^T + its transpose), plus lambda on the diagonal; half the gradient has lambda theta.",
        (
            Hypothesis("D_o = (dl/dT_o) / 2", {d: slope / 2 for d, slope in zip(_FORCES, slopes, strict=True)}),
            Hypothesis(
                "omega_op = (d^2 l / dT_o dT_p) / 2", {w: q / 2 for w, q in zip(_OMEGA, _CURVATURE, strict=True)}
            ),
        ),
        difference,
    )


DERIVATIONS = (_halves(), _squares(), _shift(), _chain_rule())
