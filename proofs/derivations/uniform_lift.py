"""uniform-lift/1: the second variation of the loss at a uniform lift splits into means and deviations."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.derivations.algebra import Expr, Matrix, Sigma, Symbol, column, diff, symbol_matrix
from proofs.derivations.chain import Chain, canonical
from proofs.derivations.derivation import Derivation, Hypothesis
from proofs.derivations.fitted_point import shares
from proofs.derivations.network import D, Network, X

_T = Symbol("t")


@dataclass(frozen=True, slots=True)
class _Moving:
    """A lift with arbitrary shares that moves in an arbitrary direction, parameter p by dp.

    Attributes:
        shares: for each layer the row of share_{h,i}: q in the last, share_{h-1} = share_h P_h.
        moves: dp for each parameter of the network.
        sums: z_1, ..., z_H at the time t, columns.
        output: T at the time t.
    """

    network: Network
    chain: Chain
    inner: list[Matrix]
    shares: list[Matrix]
    moves: dict[Symbol, Symbol]
    sums: list[Matrix]
    output: Expr

    @staticmethod
    def of_widths(*widths: int) -> _Moving:
        network, chain = Network.of_widths(*widths), Chain.of_depth(len(widths))
        inner, top = shares(*widths)
        parts = [top.T]
        for rows in reversed(inner):
            parts.insert(0, parts[0] * rows)
        moves = {p: Symbol(f"d{p.name}") for p in network.parameters}
        moved = {p: value + _T * moves[p] for p, value in chain.lift(network, inner, top).items()}
        sums = [z.subs(moved, simultaneous=True) for z in network.preactivations()]
        return _Moving(network, chain, inner, parts, moves, sums, network.output().subs(moved, simultaneous=True))


def _variation(expression: Expr, order: int = 1) -> Expr:
    """The derivative of this order in t, at 0."""
    return diff(expression, _T, order).subs(_T, 0)


def _first_variations() -> Derivation:
    lift = _Moving.of_widths(2, 2)
    chain, network = lift.chain, lift.network
    means = {p: Symbol(f"d{p.name}") for p in chain.parameters}
    dw, (db_1, db_2), ds, dv = (
        chain.first.subs(means),
        (means[b] for b in chain.biases),
        means[chain.scales[0]],
        means[chain.weight],
    )
    weights, biases = ([entry.subs(lift.moves) for entry in entries] for entries in (network.weights, network.biases))
    row_sums = weights[1] * Matrix([1, 1])

    def difference() -> Matrix:
        along = {p: p + _T * mean for p, mean in means.items()}
        alone = [_variation(z.subs(along, simultaneous=True)) for z in (*chain.sums, chain.output())]
        deviations = (
            weights[0] * X + biases[0] - Matrix([1, 1]) * ((dw.T * X)[0] + db_1),
            row_sums * Sigma(0, chain.sums[0]) + biases[1] - Matrix([1, 1]) * (ds * Sigma(0, chain.sums[0]) + db_2),
        )
        entries = [
            _variation(z[i]) - mean - deviation[i]
            for z, mean, deviation in zip(lift.sums, alone, deviations, strict=False)
            for i in range(2)
        ]
        return column((*entries, _variation(lift.output) - alone[-1])).applyfunc(canonical)

    return Derivation(
        "First variations at a uniform lift, one sample, hidden widths (2, 2)",
        "In the direction dp: du_{h,i} = du_h + dev_{h,i}, dev_{h,i} = (sum_k dW_h[i,k] - ds_h) sigma(z_{h-1}) "
        "+ db_{h,i} - db_h in L_h (for h = 1: (dw_i - dw).x + db_{1,i} - db_1), and dT is that of the chain; "
        "du_h, dT of the chain in the direction of the means, shares q_i and share_{1,k} = sum_i q_i P_2[i,k].",
        (
            Hypothesis("dw = mean of dw_k", dict(zip(dw, lift.shares[0] * weights[0], strict=True))),
            Hypothesis("db_1 = mean of db_{1,k}", {db_1: (lift.shares[0] * biases[0])[0]}),
            Hypothesis("ds_2 = mean of sum_k dW_2[i,k]", {ds: (lift.shares[1] * row_sums)[0]}),
            Hypothesis("db_2 = mean of db_{2,i}", {db_2: (lift.shares[1] * biases[1])[0]}),
            Hypothesis("dV = sum_i dv_i", {dv: sum(network.last.subs(lift.moves))}),
            Hypothesis("the output biases move alike", {means[chain.output_bias]: lift.moves[network.output_bias]}),
            Hypothesis("the rows of P_2 are equal", {lift.inner[0][1, 0]: lift.inner[0][0, 0]}),
        ),
        difference,
    )


def _second_variation(*widths: int) -> Derivation:
    lift = _Moving.of_widths(*widths)
    chain = lift.chain

    def difference() -> Matrix:
        total = D * _variation(lift.output, 2)
        for part, residual, z, moved in zip(lift.shares, chain.residuals, chain.sums, lift.sums, strict=True):
            for share, unit in zip(part, moved, strict=True):
                total -= chain.weight * share * residual * Sigma(2, z) * _variation(unit) ** 2
        return Matrix([chain.over_data(total)])

    return Derivation(
        f"The second variation at a lift, hidden widths {widths}",
        "<D, d^2 T> = V sum_{h,i} share_{h,i} <D_h sigma''(z_h), du_{h,i}^2> in every direction, share_{H,i} = q_i, "
        "share_{h-1,k} = sum_i share_{h,i} P_h[i,k]. The chain is the lift of widths 1.",
        chain.slope_conditions(),
        difference,
    )


def _means_and_deviations() -> Derivation:
    parts, deviations, mean = symbol_matrix("share", 3), symbol_matrix("dev", 3), Symbol("du")
    return Derivation(
        "Means and deviations, three units",
        "sum_i share_i (du + dev_i)^2 = du^2 + sum_i share_i dev_i^2: d^2 E = d^2 E_chain at the means "
        "+ 2 V sum_{h,i} share_{h,i} <D_h sigma''(z_h), dev_{h,i}^2>.",
        (
            Hypothesis(
                "sum_i share_i dev_i = 0",
                {deviations[2]: -(parts[0] * deviations[0] + parts[1] * deviations[1]) / parts[2]},
            ),
            Hypothesis("sum_i share_i = 1", {parts[2]: 1 - parts[0] - parts[1]}),
        ),
        lambda: Matrix(
            [
                sum(parts[i] * ((mean + deviations[i]) ** 2 - deviations[i] ** 2) for i in range(3)) - mean**2,
            ]
        ),
    )


def _mixed_terms() -> Derivation:
    chain = Chain.of_depth(2)
    first, second = chain.sums

    def difference() -> Matrix:
        below_top = [D * Sigma(1, second) * diff(second, p) for p in chain.parameters]
        below_scale = [D * chain.weight * Sigma(1, second) * Sigma(1, first) * diff(first, p) for p in chain.parameters]
        return column(chain.over_data(entry) for entry in (*below_top, *below_scale))

    return Derivation(
        "The mixed terms of a critical chain's Hessian vanish, two hidden layers",
        "<D sigma'(z_2), dz_2/dp> = 0 (V and p) and <D t_2 sigma'(z_2) sigma'(z_1), dz_1/dp> = 0 (s_2 and p) for every "
        "parameter p, so half the Hessian is sum_n W g g^T + sum_h <D t_h sigma''(z_h), g_h g_h^T>.",
        chain.slope_conditions(),
        difference,
    )


COPIES_OF_ONE_UNIT = _second_variation(3), _means_and_deviations()
DERIVATIONS = (
    _mixed_terms(),
    _second_variation(1),
    _second_variation(2, 2),
    _first_variations(),
    *COPIES_OF_ONE_UNIT,
)
