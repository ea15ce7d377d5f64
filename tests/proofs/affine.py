"""Affine points small enough to check by hand, each with arguments that prove everything there is to prove about it."""

from __future__ import annotations

from typing import Any

from tests.proofs.build import NULL, Case, instance_document, layer

MINIMUM = "affine-minimum/1"
BETTER = "affine-better-point/1"
OPTIMUM = "affine-optimum/1"


def _claim(
    loss: object,
    widths: list[int],
    gap: object,
    optimum_widths: Any = NULL,
    optimum: Any = NULL,
    region: str = "affine",
) -> dict[str, Any]:
    return {
        "kind": "suboptimal-affine-minimum",
        "loss": str(loss),
        "region": region,
        "gap": str(gap),
        "least_widths": widths,
        "optimum_widths": optimum_widths,
        "optimum": optimum,
    }


_X = [[0], [1], [2], [3]]
_Y = [[0], [3], [4], [3]]

# T = x + 1, D = (1, -1, -1, 1), E* = 4. Better: 3 max(x, 0) - 14/5 max(x - 1, 0), loss 4/5.
RELU = Case(
    instance_document(_X, _Y, "relu"),
    {
        MINIMUM: {"layers": [layer([[1]], [1]), layer([[1]], [0])]},
        BETTER: {"gap": "16/5", "layers": [layer([[1], [1]], [0, -1]), layer([["3", "-14/5"]], [0])]},
        OPTIMUM: {"direction": ["1"]},
    },
    _claim(4, [2], "16/5", [4], "0"),
)

# The same fit by hardtanh(x / 10), twice, and a bias. Better: 6 + 2 min(x - 1, 0) + 2 min(x - 2, 0) - x, loss 0.
HARDTANH = Case(
    instance_document(_X, _Y, "hardtanh", depth=2, bias=True),
    {
        MINIMUM: {"layers": [layer([["1/10"]], [0]), layer([[1]], [0]), layer([[10]], [1])]},
        BETTER: {
            "gap": "4",
            "layers": [
                layer([["1/10"]], [0]),
                layer([[1], [1], [1]], ["9/10", "4/5", 0]),
                layer([[20, 20, -10]], [-34]),
            ],
        },
        OPTIMUM: {"direction": ["-1/3"]},
    },
    _claim(4, [1, 3], 4, [1, 3], "0"),
)

# T_1 = x + 1 and T_2 = 1 - 2x, which changes its sign; D_2 = 2 D_1, E* = 20. |x - 3/2| is what is missing.
ABS = Case(
    instance_document(_X, [[0, -1], [3, 1], [4, -1], [3, -7]], "abs"),
    {
        MINIMUM: {"layers": [layer([[1], ["4/5"]], [1, "11/10"]), layer([[1, 0], [-10, 10]], [0, 0])]},
        BETTER: {
            "gap": "20",
            "layers": [
                layer([[1], [1], [1]], [1, 10, "-3/2"]),
                layer([["7/9", "2/9", -2], ["-25/9", "7/9", -4]], [0, 0]),
            ],
        },
        OPTIMUM: {"direction": ["2"]},
    },
    _claim(20, [3], 20, [4], "0"),
)

# A dead unit: the network is the mean 5/2 of the targets, E* = 9. Better: the affine fit.
DEAD = Case(
    instance_document(_X, _Y, "relu", bias=True),
    {
        MINIMUM: {"layers": [layer([[0]], [-1]), layer([[0]], ["5/2"])]},
        BETTER: {"gap": "5", "layers": [layer([[1]], [1]), layer([[1]], [0])]},
        OPTIMUM: {"direction": ["1"]},
    },
    _claim(9, [1], 5, [3], "0", region="constant"),
)

# The input 1 twice, with targets 5/2 and 7/2: no network is better than 1/2. D = (1, -1/2, -3/2, 1), E* = 9/2.
REPEATED = Case(
    instance_document([[0], [1], [1], [2]], [[0], ["5/2"], ["7/2"], [2]], "leaky_relu"),
    {
        MINIMUM: {"layers": [layer([[1]], [1]), layer([[1]], [0])]},
        BETTER: {
            "gap": "4",
            "layers": [layer([[1], [1], [1]], [1, 101, -1]), layer([["2027/660", "-61/1980", "-400/99"]], [0])],
        },
        OPTIMUM: {"direction": ["1"]},
    },
    _claim("9/2", [3], 4, [3], "1/2"),
)

# The second feature is 2 x + 1.
DEPENDENT = Case(
    instance_document([[0, 1], [1, 3], [2, 5], [3, 7]], _Y, "relu6"),
    {
        MINIMUM: {"layers": [layer([["1/2", "1/4"]], ["3/4"]), layer([[1]], [0])]},
        BETTER: {"gap": "16/5", "layers": [layer([[1, 0], [1, 0]], [0, -1]), layer([["3", "-14/5"]], [0])]},
        OPTIMUM: {"direction": ["0", "1"]},
    },
    _claim(4, [2], "16/5", [4], "0"),
)

AFFINE = {
    "relu": RELU,
    "hardtanh": HARDTANH,
    "abs": ABS,
    "dead": DEAD,
    "repeated": REPEATED,
    "dependent": DEPENDENT,
}
