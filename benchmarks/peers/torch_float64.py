"""PyTorch: torch.func.hessian and eigenvalues, in float64. Not rigorous."""

from __future__ import annotations

from typing import Any

import torch

from benchmarks.peers.timing import run

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def hessian(job: dict[str, Any]) -> torch.Tensor:
    x, y, width = torch.tensor(job["inputs"]), torch.tensor(job["targets"]), len(job["last"])

    def half_loss(theta: torch.Tensor) -> torch.Tensor:
        units, last = theta[: -width - 1].reshape(width, -1), theta[-width - 1 :]
        states = torch.tanh(x @ units[:, :-1].T + units[:, -1])
        return ((states @ last[:-1] + last[-1] - y) ** 2).sum() / 2

    theta = torch.cat([torch.tensor(job["units"]).ravel(), torch.tensor([*job["last"], job["constant"]])])
    found: torch.Tensor = torch.func.hessian(half_loss)(theta)
    return found


run(
    hessian,
    torch.tensor,
    lambda matrix, shift: matrix + shift * torch.eye(len(matrix)),
    lambda matrix: bool(torch.linalg.eigh(matrix)[0][0] > 0),
    lambda matrix, i, j: float(matrix[i, j]),
)
