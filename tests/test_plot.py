"""Pictures of functions: the graph is where the function is, and nothing breaks at poles."""

from __future__ import annotations

import numpy as np

from certify.report.plot import plot


def stars(lines: list[str]) -> list[tuple[int, int]]:
    return [(row, column - 10) for row, line in enumerate(lines[:-1]) for column, c in enumerate(line) if c == "*"]


def test_a_line_goes_from_corner_to_corner() -> None:
    lines = list(plot(lambda z: z, -4.0, 4.0))
    found = stars(lines)
    assert len(found) == 65
    assert {(0, 64), (14, 0), (7, 32)} <= set(found)
    assert lines[0].startswith("        4 ")
    assert lines[14].startswith("       -4 ")
    assert lines[15].split() == ["-4", "4"]


def test_the_axes_are_drawn() -> None:
    lines = list(plot(lambda z: z * z + 1, -1.0, 1.0))
    assert set(lines[14][10:]) == {"-", "+"}
    assert lines[13][42] == "|"


def test_poles_and_constants() -> None:
    pole = list(plot(lambda z: 1 / z, -4.0, 4.0))
    assert len(stars(pole)) == 64
    nowhere = list(plot(lambda z: np.full_like(z, np.nan), -4.0, 4.0))
    assert stars(nowhere) == []
    zero = list(plot(np.zeros_like, -4.0, 4.0))
    assert len(stars(zero)) == 65
