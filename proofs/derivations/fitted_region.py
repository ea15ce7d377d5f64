"""fitted-region/1: the linear and the non-linear part of a deviation, and the inequalities that pay for the latter."""

from __future__ import annotations

from proofs.derivations.algebra import Expr, Matrix, Sigma, column, symbol_matrix, symbols
from proofs.derivations.any_lift import affine_parts, remainder
from proofs.derivations.chain import Chain
from proofs.derivations.derivation import Derivation, Hypothesis
from proofs.derivations.network import Network, elementwise

WIDTHS = (2, 2, 2)


def _linear_and_nonlinear() -> Derivation:
    network, chain = Network.of_widths(*WIDTHS), Chain.of_depth(len(WIDTHS))
    linear = [symbol_matrix(f"lambda_{h + 1}", width) for h, width in enumerate(WIDTHS)]
    affine = affine_parts(network, chain)

    def in_layer(h: int) -> Hypothesis:
        if h == 0:
            return Hypothesis("lambda_1 = (w_i - w).x + b_{1,i} - b_1", dict(zip(linear[0], affine[0], strict=True)))
        value = affine[h] + network.weights[h] * Sigma(1, chain.sums[h - 1]) * linear[h - 1]
        text = f"lambda_{h + 1} = l_{h + 1} + W_{h + 1} (sigma'(z_{h}) lambda_{h})"
        return Hypothesis(text, dict(zip(linear[h], value, strict=True)))

    def difference() -> Matrix:
        sums, zeros = network.preactivations(), chain.sums
        rests = [sums[h].applyfunc(lambda to, z=zeros[h]: to - z) - linear[h] for h in range(chain.depth)]
        entries: list[Expr] = list(rests[0])
        for h in range(1, chain.depth):
            below = zeros[h - 1]
            new = sums[h - 1].applyfunc(lambda to, z=below: remainder(z, to))
            entries += list(rests[h] - network.weights[h] * (Sigma(1, below) * rests[h - 1] + new))
        return column(entries)

    return Derivation(
        f"The two parts of a deviation, one sample, hidden widths {WIDTHS}",
        "u = z_{h,i} - z_h is lambda + rho, lambda in U_h, rho_1 = 0, rho_h = W_h (sigma'(z) rho + sigma(z+u) - "
        "sigma(z) - sigma'(z) u)_{h-1}; l_{h,i} = (sum_k W_h[i,k] - s_h) sigma(z_{h-1}) + b_{h,i} - b_h.",
        tuple(in_layer(h) for h in reversed(range(chain.depth))),
        difference,
    )


def _range() -> Derivation:
    below, z, scale, bias, unit_bias = symbols("z_{h-1} z_h s_h b_h b_{hi}")
    parts, moved = symbol_matrix("p", 2), symbol_matrix("z_{h-1,k}", 2)

    def difference() -> Matrix:
        unit = scale * (parts.T * elementwise(0, moved))[0] + unit_bias
        spread = scale * sum(parts[k] * (Sigma(0, moved[k]) - Sigma(0, below)) for k in range(2))
        return Matrix([unit - z - spread - scale * (sum(parts) - 1) * Sigma(0, below) - (unit_bias - bias)])

    return Derivation(
        "How far a unit moves from the chain",
        "z_{h,i} - z_h = s_h sum_k p_k (sigma(z_{h-1,k}) - sigma(z_{h-1})) + s_h (sum_k p_k - 1) sigma(z_{h-1}) "
        "+ b_{h,i} - b_h, p_k = W_h[i,k]/s_h. So "
        "|u_h| <= (1 + r) |s_h| sup|sigma'| |u_{h-1}| + r (|s_h sigma(z_{h-1})| + 1).",
        (Hypothesis("z_h = s_h sigma(z_{h-1}) + b_h", {z: scale * Sigma(0, below) + bias}),),
        difference,
    )


_RATE, _SIZE, _PRICE, _LINEAR, _REST = symbols("e A k lambda rho", positive=True)


def _priced(sign: int) -> Derivation:
    loss = _SIZE * (sign - _RATE) * _LINEAR**2 - _PRICE * _SIZE * _REST**2
    squares = _SIZE / _RATE * (_RATE * _LINEAR + sign * _REST) ** 2 + (1 + sign) * _SIZE * _REST**2
    return Derivation(
        f"The non-linear part is paid for, a {'>=' if sign > 0 else '<'} 0",
        "a (lambda + rho)^2 - [(a - e |a|) lambda^2 - k |a| rho^2] = (|a|/e) (e lambda "
        + ("+ rho)^2 + 2 |a| rho^2" if sign > 0 else "- rho)^2")
        + ", which is not negative.",
        (Hypothesis("k = 1 + 1/e", {_PRICE: 1 + 1 / _RATE}),),
        lambda: Matrix([sign * _SIZE * (_LINEAR + _REST) ** 2 - loss - squares]),
    )


def _mean_square() -> Derivation:
    parts, values = symbol_matrix("p", 3), symbol_matrix("y", 3)
    mean = symbols("m")
    total = sum(parts)
    return Derivation(
        "The square of a mean, three units",
        "(sum_k p_k) (sum_k p_k y_k^2) - (sum_k p_k y_k)^2 = (sum_k p_k) sum_k p_k (y_k - m)^2, "
        "not negative for p >= 0.",
        (Hypothesis("m = sum_k p_k y_k / sum_k p_k", {mean: (parts.T * values)[0] / total}),),
        lambda: Matrix(
            [
                total * sum(p * y**2 for p, y in zip(parts, values, strict=True))
                - (parts.T * values)[0] ** 2
                - total * sum(p * (y - mean) ** 2 for p, y in zip(parts, values, strict=True))
            ]
        ),
    )


def _next_remainder() -> Derivation:
    slope, bend, spread, u, rest, linear, q = symbols("sigma' sigma'' S u rho lambda q")
    new = slope * rest + bend * u**2 / 2
    squares = (slope * rest - bend * u**2 / 2) ** 2
    squares += bend**2 * (u**2 * (spread**2 - u**2) + spread**2 * (linear - rest) ** 2) / 2
    return Derivation(
        "The next non-linear part",
        "(2 sigma'^2 + q) rho^2 + q lambda^2 - (sigma' rho + sigma'' u^2/2)^2 = (sigma' rho - sigma'' u^2/2)^2 "
        "+ (sigma''^2/2) [u^2 (S^2 - u^2) + S^2 (lambda - rho)^2], which is not negative for |u| <= S.",
        (
            Hypothesis("u = lambda + rho", {u: linear + rest}),
            Hypothesis("q = (sigma'' S)^2", {q: (bend * spread) ** 2}),
        ),
        lambda: Matrix([(2 * slope**2 + q) * rest**2 + q * linear**2 - new**2 - squares]),
    )


def _path_weights() -> Derivation:
    weights, squares = symbol_matrix("W_h", 2, 2), symbol_matrix("y", 2)
    scale = symbols("s_h")
    path, lower = symbol_matrix("c_h", 2), symbol_matrix("c_{h-1}", 2)
    return Derivation(
        "Path weights match, two units",
        "sum_i c_{h,i} sum_k p_{i,k} y_k^2 = sum_k c_{h-1,k} y_k^2, p = W_h / s_h: what layer h takes from layer h-1 "
        "is weighted as the form of that layer.",
        (
            Hypothesis(
                "c_{h-1,k} = sum_i c_{h,i} W_h[i,k] / s_h", dict(zip(lower, weights.T * path / scale, strict=True))
            ),
        ),
        lambda: Matrix(
            [
                sum(path[i] * weights[i, k] / scale * squares[k] ** 2 for i in range(2) for k in range(2))
                - sum(lower[k] * squares[k] ** 2 for k in range(2))
            ]
        ),
    )


DERIVATIONS = (
    _linear_and_nonlinear(),
    _range(),
    _priced(1),
    _priced(-1),
    _mean_square(),
    _next_remainder(),
    _path_weights(),
)
