"""Draws docs/pictures/three-points.svg: the hand example, its bad minimum and the way to a better point.

Illustration in float64; nothing here is part of a proof. Run: `python docs/pictures/three_points.py`.
"""

from __future__ import annotations

from math import exp, log
from pathlib import Path

BLUE, ORANGE, GREY, INK = "#0072b2", "#d55e00", "#8a8a8a", "#222222"
POINTS = ((-1.0, 0.0), (0.0, 3.0), (1.0, 0.0))


def sigmoid(z: float) -> float:
    return 1 / (1 + exp(-z)) if z > -700 else 0.0


START = ((0.0, 0.0), (-log(2), -log(2)), (1.5, 1.5))
BETTER = ((20.0, 20.0), (10.0, -10.0), (3.0, -3.0))


def network(x: float, t: float) -> float:
    """The network at the fraction t of the straight path from the bad minimum to the better point."""
    w, b, v = ([p + t * (q - p) for p, q in zip(s, e, strict=True)] for s, e in zip(START, BETTER, strict=True))
    return sum(v[i] * sigmoid(w[i] * x + b[i]) for i in range(2))


def loss(t: float) -> float:
    return sum((network(x, t) - y) ** 2 for x, y in POINTS)


def polyline(points: list[tuple[float, float]], colour: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>'


def text(x: float, y: float, content: str, colour: str = INK, anchor: str = "middle") -> str:
    return f'<text x="{x}" y="{y}" fill="{colour}" text-anchor="{anchor}">{content}</text>'


def axes(left: float, right: float, xs: list[tuple[float, str]], ys: list[tuple[float, str]]) -> list[str]:
    parts = [f'<path d="M{left} 30V250H{right}" fill="none" stroke="{GREY}"/>']
    parts += [text(x, 268, label) for x, label in xs]
    parts += [text(left - 8, y + 4, label, anchor="end") for y, label in ys]
    return parts


def data_panel() -> list[str]:
    def place(x: float, y: float) -> tuple[float, float]:
        return 190 + 125 * x, 235 - 60 * y

    grid = [-1.15 + 2.3 * i / 400 for i in range(401)]
    parts = axes(
        40, 345, [(place(x, 0)[0], f"{x:g}") for x in (-1, 0, 1)], [(place(0, y)[1], str(y)) for y in (0, 1, 2, 3)]
    )
    parts.append(polyline([place(x, network(x, 0)) for x in grid], ORANGE))
    parts.append(polyline([place(x, network(x, 1)) for x in grid], BLUE))
    parts += [f'<circle cx="{place(x, y)[0]}" cy="{place(x, y)[1]}" r="5" fill="{INK}"/>' for x, y in POINTS]
    parts += [text(190, 18, "targets and network outputs"), text(190, 288, "input x")]
    parts += [text(338, 166, "bad minimum", ORANGE, "end"), text(256, 56, "better point", BLUE, "start")]
    return parts


def loss_panel() -> list[str]:
    def place(t: float, e: float) -> tuple[float, float]:
        return 430 + 280 * t, 250 - 24 * e

    grid = [i / 400 for i in range(401)]
    parts = axes(
        430, 720, [(430, "bad minimum"), (700, "better point")], [(place(0, e)[1], str(e)) for e in (0, 3, 6, 9)]
    )
    parts.append(polyline([place(t, loss(t)) for t in grid], INK))
    parts.append(f'<path d="M430 {place(0, 6)[1]}H710" stroke="{GREY}" stroke-dasharray="4 4"/>')
    parts.append(f'<circle cx="430" cy="{place(0, 6)[1]}" r="5" fill="{ORANGE}"/>')
    parts.append(f'<circle cx="{place(1, 0)[0]}" cy="{place(1, loss(1))[1]}" r="5" fill="{BLUE}"/>')
    parts.append(text(570, 18, "loss on the straight line between them"))
    parts.append(text(570, 288, "position on the line (two hidden units)"))
    return parts


def main() -> None:
    body = "\n".join(data_panel() + loss_panel())
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 740 296" font-family="sans-serif" font-size="13" '
        'role="img" aria-label="Three data points, the constant output of a bad local minimum and the fitting output '
        'of a better point; the loss between the two first rises from 6 and then falls to 0.">\n'
        f'<rect width="740" height="296" fill="#ffffff"/>\n{body}\n</svg>\n'
    )
    Path(__file__).with_name("three-points.svg").write_text(svg, encoding="utf-8")
    print("highest loss on the way:", round(max(loss(i / 400) for i in range(401)), 2))


if __name__ == "__main__":
    main()
