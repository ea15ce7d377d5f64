"""any-lift/1: the exact identity of Theorem 23, for every parameter vector of the network."""

from __future__ import annotations

from proofs.derivations.algebra import Expr, Matrix, Sigma, Symbol, column, symbol_matrix
from proofs.derivations.chain import Chain
from proofs.derivations.derivation import Derivation, Hypothesis
from proofs.derivations.network import D, Network, X


def remainder(z: Expr, moved: Expr) -> Expr:
    """sigma(z + u) - sigma(z) - sigma'(z) u, which Taylor's theorem writes as sigma''(xi) u^2 / 2, u = moved - z."""
    return Sigma(0, moved) - Sigma(0, z) - Sigma(1, z) * (moved - z)


def affine_parts(network: Network, chain: Chain) -> list[Matrix]:
    """For each layer and unit the member of L_h that is left of u_{h,i} when the layer below has not moved."""
    first = (network.weights[0] - Matrix([list(chain.first)] * network.weights[0].rows)) * X
    parts = [first + network.biases[0].applyfunc(lambda b: b - chain.biases[0])]
    for h, (weights, scale) in enumerate(zip(network.weights[1:], chain.scales, strict=True)):
        state, bias = Sigma(0, chain.sums[h]), chain.biases[h + 1]
        biases = network.biases[h + 1]
        parts.append(column((sum(weights[i, :]) - scale) * state + biases[i] - bias for i in range(weights.rows)))
    return parts


def _path_weights(network: Network, chain: Chain, paths: list[Matrix]) -> tuple[Hypothesis, ...]:
    """Determine c_1 from c_2 and so on up to c_H = v."""
    inner = tuple(
        Hypothesis(
            f"c_{{{h + 1},k}} = sum_i c_{{{h + 2},i}} W_{h + 2}[i,k] / s_{h + 2}",
            dict(zip(paths[h], network.weights[h + 1].T * paths[h + 1] / chain.scales[h], strict=True)),
        )
        for h in range(chain.depth - 1)
    )
    return (*inner, Hypothesis("c_{H,i} = v_i", dict(zip(paths[-1], network.last, strict=True))))


def _residual_chain(chain: Chain, residuals: list[Symbol]) -> tuple[Hypothesis, ...]:
    """Determine D_1 from D_2 and so on up to D_H = D."""
    inner = tuple(
        Hypothesis(
            f"D_{h + 1} = s_{h + 2} sigma'(z_{h + 2}) D_{h + 2}",
            {residuals[h]: chain.scales[h] * Sigma(1, chain.sums[h + 1]) * residuals[h + 1]},
        )
        for h in range(chain.depth - 1)
    )
    return (*inner, Hypothesis("D_H = D", {residuals[-1]: D}))


def _exact_identity(*widths: int) -> Derivation:
    network, chain = Network.of_widths(*widths), Chain.of_depth(len(widths))
    paths = [symbol_matrix(f"c_{h + 1}", width) for h, width in enumerate(widths)]
    residuals = [Symbol(f"D_{h + 1}") for h in range(chain.depth)]

    def difference() -> Matrix:
        total = (sum(network.last) - chain.weight) * Sigma(0, chain.sums[-1])
        total = D * (total + network.output_bias - chain.output_bias)
        layers = zip(paths, residuals, chain.sums, network.preactivations(), affine_parts(network, chain), strict=True)
        for path, residual, z, moved, affine in layers:
            for c, to, part in zip(path, moved, affine, strict=True):
                total += c * residual * (remainder(z, to) + Sigma(1, z) * part)
        return Matrix([D * (network.output() - chain.output()) - total])

    return Derivation(
        f"The exact identity of a lift, one sample, hidden widths {widths}",
        "D (T_theta - T) = sum_{h,i} c_{h,i} D_h (sigma(z_h + u) - sigma(z_h) - sigma'(z_h) u) "
        "+ (sum_i v_i - V) D sigma(z_H) + (change of output bias) D + sum_{h,i} c_{h,i} D_h sigma'(z_h) l_{h,i} "
        "for every theta, u = z_{h,i} - z_h, l_{1,i} = (w_i - w).x + b_{1,i} - b_1, "
        "l_{h,i} = (sum_k W_h[i,k] - s_h) sigma(z_{h-1}) + b_{h,i} - b_h.",
        (*_path_weights(network, chain, paths), *_residual_chain(chain, residuals)),
        difference,
    )


def _affine_part(*widths: int) -> Derivation:
    network, chain = Network.of_widths(*widths), Chain.of_depth(len(widths))

    def difference() -> Matrix:
        paths = [symbol_matrix(f"c_{h + 1}", width) for h, width in enumerate(widths)]
        rest = (sum(network.last) - chain.weight) * Sigma(0, chain.sums[-1])
        total = D * (rest + network.output_bias - chain.output_bias)
        parts = zip(paths, chain.residuals, chain.sums, affine_parts(network, chain), strict=True)
        for path, residual, z, affine in parts:
            total += residual * Sigma(1, z) * (path.T * affine)[0]
        return Matrix([chain.over_data(total)])

    return Derivation(
        f"What a critical chain does not see, hidden widths {widths}",
        "sum_n of (sum_i v_i - V) D sigma(z_H) + (change of output bias) D + sum_{h,i} c_{h,i} D_h sigma'(z_h) l_{h,i} "
        "is 0 for l_{h,i} in L_h and any c, so <D, T_theta - T> = (1/2) sum_{h,i} c_{h,i} <D_h sigma''(xi), u^2>.",
        (chain.state_condition(), *chain.slope_conditions(), chain.bias_condition()),
        difference,
    )


def _flat_identity(*widths: int) -> Derivation:
    """The identity for exp and z^k, where z_h is first carried along the flat direction to e_{h,i}."""
    network, chain = Network.of_widths(*widths), Chain.of_depth(len(widths))
    named = ("c", "e", "A", "S", "m", "m'")
    paths, points, states, slopes, growths, rates = (
        [symbol_matrix(f"{name}_{h + 1}", width) for h, width in enumerate(widths)] for name in named
    )
    residuals = [Symbol(f"D_{h + 1}") for h in range(chain.depth)]

    def difference() -> Matrix:
        total = D * network.output_bias
        for h, moved in enumerate(network.preactivations()):
            own = moved if h == 0 else network.biases[h]
            for i, z in enumerate(moved):
                rest = Sigma(0, z) - states[h][i] - slopes[h][i] * (z - points[h][i])
                rest += growths[h][i] * Sigma(0, chain.sums[h])
                rest += rates[h][i] * Sigma(1, chain.sums[h]) * (own[i] - points[h][i])
                total += paths[h][i] * residuals[h] * rest
        return Matrix([D * network.output() - total])

    carried = tuple(
        Hypothesis(
            f"{text}, layer {h + 1}",
            {
                symbol: factor * Sigma(order, chain.sums[h])
                for symbol, factor in zip(symbols_[h], factors[h], strict=True)
            },
        )
        for h in range(chain.depth)
        for text, symbols_, factors, order in (
            ("A_i = sigma(e_i) = m_i sigma(z)", states, growths, 0),
            ("S_i = sigma'(e_i) = m'_i sigma'(z)", slopes, rates, 1),
        )
    )
    inner = tuple(
        Hypothesis(
            f"c_{{{h + 1},k}} = sum_i c_{{{h + 2},i}} m'_{{{h + 2},i}} W_{h + 2}[i,k] / s_{h + 2}",
            dict(
                zip(
                    paths[h],
                    network.weights[h + 1].T * paths[h + 1].multiply_elementwise(rates[h + 1]) / chain.scales[h],
                    strict=True,
                )
            ),
        )
        for h in range(chain.depth - 1)
    )
    top = Hypothesis("c_{H,i} = v_i", dict(zip(paths[-1], network.last, strict=True)))
    return Derivation(
        f"The exact identity with flat directions, one sample, hidden widths {widths}",
        "D T_theta = (output bias) D + sum_{h,i} c_{h,i} D_h (sigma(z_{h,i}) - sigma(e) - sigma'(e) (z_{h,i} - e) "
        "+ m sigma(z_h) + m' sigma'(z_h) (l_{h,i} - e)) with e = z_h + k (exp) or e = (1 + k) z_h (a power), any k, "
        "l_{1,i} = z_{1,i} and l_{h,i} = b_{h,i}. Over the data the second line is 0 at a critical chain.",
        (*carried, *inner, top, *_residual_chain(chain, residuals)),
        difference,
    )


DERIVATIONS = (
    _exact_identity(2),
    _exact_identity(2, 2),
    _exact_identity(2, 2, 2),
    _affine_part(2),
    _affine_part(2, 2),
    _flat_identity(2),
    _flat_identity(2, 2),
)
