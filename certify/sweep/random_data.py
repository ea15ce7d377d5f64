"""Random inputs that are the same everywhere: decimals out of a seed, whatever the version of NumPy."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from statistics import NormalDist

from certify.given_data import GivenData

DISTRIBUTIONS: dict[str, Callable[[float], float]] = {
    "gaussian": NormalDist().inv_cdf,
    "uniform": lambda quantile: 2 * quantile - 1,
}
"""By name: the quantile function. Gaussian means standard normal entries, uniform entries in [-1, 1]."""


@dataclass(frozen=True, slots=True)
class RandomInputs:
    """N x d_0 independent numbers, rounded to `decimals` decimals, which are then exact.

    Attributes:
        random: the distribution.
        dimension: d_0.
        samples: N.
    """

    random: str
    dimension: int
    samples: int
    decimals: int
    seed: int

    def draw(self) -> GivenData:
        """The numbers. They depend on the fields alone: the raw bits of PCG64 never change; NumPy's variates may."""
        quantile, numbers = DISTRIBUTIONS[self.random], self._quantiles()
        rows = [
            [f"{quantile(next(numbers)):.{self.decimals}f}" for _ in range(self.dimension)] for _ in range(self.samples)
        ]
        data = GivenData(rows)
        data.name = (
            f"{self.random} inputs, N = {self.samples}, d_0 = {self.dimension}, {self.decimals} decimals, "
            f"seed {self.seed}"
        )
        return data

    def _quantiles(self) -> Iterator[float]:
        """Uniform numbers in (0, 1), in steps of 2^-53."""
        from numpy.random import PCG64

        fields = json.dumps(asdict(self), sort_keys=True)
        bits = PCG64(int.from_bytes(hashlib.sha256(fields.encode()).digest()))
        for raw in bits.random_raw(self.samples * self.dimension).tolist():
            yield ((raw >> 11) + 0.5) / 2**53
