"""What the peers are asked to do: jobs for the scripts in benchmarks/peers, made from fixed seeds.

Numbers that peers get are floats; each tool takes them as exactly these.
"""

from __future__ import annotations

import math
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

import certify

IRIS = Path(__file__).parents[1] / "examples" / "iris.csv"
NETWORKS = {41: (3, 8), 385: (4, 64)}  # parameters: features and width
SAMPLES = 200
ORDERS = (12, 41, 100, 500)
WIDTHS = (8, 32, 128, 256, 512)
GROWTH: dict[str, tuple[int, ...]] = {
    "samples": (100, 200, 400, 800, 1600, 3200),
    "features": (2, 4, 8, 16, 32),
    "depth": (1, 2, 4, 8),
    "width": (10, 1000, 100_000, 1_000_000),
}
Job = dict[str, Any]


def networks() -> dict[int, Job]:
    """By the number of parameters: random networks on random data. The shift makes the Hessian positive definite."""
    found = {}
    for parameters, (features, width) in NETWORKS.items():
        rng = np.random.default_rng(0)
        found[parameters] = {
            "kind": "hessian",
            "inputs": rng.normal(size=(SAMPLES, features)).round(3).tolist(),
            "targets": rng.normal(size=SAMPLES).round(3).tolist(),
            "units": rng.normal(size=(width, features + 1)).tolist(),
            "last": rng.normal(size=width).tolist(),
            "constant": float(rng.normal()),
            "shift": 2000.0,
        }
    return found


def matrices() -> dict[int, Job]:
    """By their order: random positive definite matrices."""
    found = {}
    for order in ORDERS:
        factor = np.random.default_rng(order).normal(size=(order, order))
        matrix = factor @ factor.T / order + np.eye(order) / 2
        found[order] = {"kind": "definite", "matrix": ((matrix + matrix.T) / 2).tolist(), "shift": 0.0}
    return found


def plateaus() -> dict[int, tuple[Job, Job]]:
    """By the width: what certify proves of iris, and the full Hessian at that point, which is singular.

    All first-layer weights are 0 there, so each unit is at the level a, and the outgoing weights are equal.
    """
    proof = certify.prove(IRIS, activation="tanh", output_bias=True)
    documents: tuple[Any, Any] = proof.certificate_document, proof.instance_document
    found, data = documents[0]["steps"][0]["arguments"], documents[1]["data"]
    level, constant = (float(Fraction(found[key][0])) for key in ("levels", "constants"))
    scale = float(Fraction(found.get("output_weights", ["1"])[0]))
    inputs, targets = ([[float(Fraction(v)) for v in row] for row in data[key]] for key in ("inputs", "targets"))
    jobs = {}
    for width in WIDTHS:
        point = {
            "kind": "hessian",
            "inputs": inputs,
            "targets": [row[0] for row in targets],
            "units": [[0.0] * len(inputs[0]) + [level]] * width,
            "last": [scale / width] * width,
            "constant": constant - scale * math.tanh(level),
            "shift": 0.0,
        }
        jobs[width] = {"kind": "prove", "inputs": str(IRIS), "options": {"widths": [width]}}, point
    return jobs


def growth(what: str) -> dict[int, Job]:
    """By size: data of random decimals, 200 x 4 at depth 1 but for what grows; 600 samples while features grow; iris
    for widths."""
    jobs = {}
    for size in GROWTH[what]:
        rng, options = random.Random(1), dict[str, Any]()
        samples = {"samples": size, "features": 600}.get(what, 200)
        features = size if what == "features" else 4
        inputs: Any = [[f"{rng.gauss(0, 1):.3f}" for _ in range(features)] for _ in range(samples)]
        if what == "depth":
            options = {"depth": size}
        if what == "width":
            inputs, options = str(IRIS), {"widths": [size]}
        jobs[size] = {"kind": "prove", "inputs": inputs, "options": options}
    return jobs
