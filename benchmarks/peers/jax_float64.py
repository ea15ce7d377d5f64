"""JAX: jax.hessian, compiled, and eigenvalues, in float64. Not rigorous."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from typing import Any

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import jax
import jax.numpy as jnp

from benchmarks.peers.timing import run

jax.config.update("jax_enable_x64", True)


@cache
def compiled(width: int) -> Callable[..., jax.Array]:
    def half_loss(theta: jax.Array, x: jax.Array, y: jax.Array) -> jax.Array:
        units, last = theta[: -width - 1].reshape(width, -1), theta[-width - 1 :]
        states = jnp.tanh(x @ units[:, :-1].T + units[:, -1])
        return ((states @ last[:-1] + last[-1] - y) ** 2).sum() / 2

    found: Callable[..., jax.Array] = jax.jit(jax.hessian(half_loss))
    return found


def hessian(job: dict[str, Any]) -> jax.Array:
    theta = jnp.concatenate([jnp.array(job["units"]).ravel(), jnp.array([*job["last"], job["constant"]])])
    found: jax.Array = compiled(len(job["last"]))(theta, jnp.array(job["inputs"]), jnp.array(job["targets"]))
    return found.block_until_ready()


eigenvalues = jax.jit(lambda matrix: jnp.linalg.eigh(matrix)[0])
run(
    hessian,
    jnp.array,
    lambda matrix, shift: matrix + shift * jnp.eye(len(matrix)),
    lambda matrix: bool(eigenvalues(matrix)[0] > 0),
    lambda matrix, i, j: float(matrix[i, j]),
)
