"""The certified phase diagram: `python examples/phase-diagram/make.py [FOLDER]`.

Runs the sweep of sweep.toml into FOLDER (default: out-phase-diagram; what is done there is not repeated), and writes
the counts beside this file and the figure into docs/pictures. Options after FOLDER go to `certify sweep`, such as
`--cluster ADDRESS`.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from certify.cli import main as certify

HERE = Path(__file__).resolve().parent
COUNTS = HERE / "phase-diagram.csv"
FIGURE = HERE.parent.parent / "docs" / "pictures" / "phase-diagram.svg"
KINDS = ("gaussian", "uniform")
OUTCOMES = ("proved", "obstructed", "undecided")
PROVED, OBSTRUCTED, UNDECIDED, INK, GREY = (37, 99, 168), (232, 148, 74), "#e11", "#222", "#888"
WIDTH, HEIGHT, LEFT, TOP, PANEL, GAP, DEPTH = 760, 490, 60, 70, 320, 40, 330

LINES = (
    "dashed: N = d_0²/4, the ellipsoid-fitting threshold; line: N = d_0(d_0 + 1)/4 + d_0 + 1, a count of dimensions;",
    "dotted: N = (d_0 + 1)(d_0 + 2)/2, from where on generic inputs always have a residual",
)

Cells = dict[tuple[str, int, int], Counter[str]]


def counts(table: Path) -> Cells:
    """How many instances of each distribution, d_0 and N had which outcome, by the table of a sweep."""
    cells: Cells = defaultdict(Counter)
    with table.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            kind = row["outcome"] if row["outcome"] in OUTCOMES else "undecided"
            cells[row["random"], int(row["dimension"]), int(row["samples"])][kind] += 1
    return cells


def write_counts(cells: Cells, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["inputs", "d_0", "N", *OUTCOMES])
        for cell in sorted(cells):
            writer.writerow([*cell, *(cells[cell][kind] for kind in OUTCOMES)])


def read_counts(path: Path) -> Cells:
    with path.open(encoding="utf-8", newline="") as stream:
        return {
            (row["inputs"], int(row["d_0"]), int(row["N"])): Counter({kind: int(row[kind]) for kind in OUTCOMES})
            for row in csv.DictReader(stream)
        }


def figure(cells: Cells) -> Iterator[str]:
    """Two panels: d_0 to the right, N / d_0^2 upwards."""
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">'
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
    yield text(LEFT, 22, "Random inputs: is there a residual with M definite?", anchor="start", size=16)
    x = LEFT
    for share, label in ((1.0, "always: PROVED"), (0.5, "half"), (0.0, "never: OBSTRUCTED")):
        yield f'<rect x="{x}" y="33" width="14" height="14" fill="{colour(share)}" stroke="{GREY}"/>'
        yield text(x + 20, 45, label, anchor="start")
        x += 50 + 7 * len(label)
    yield f'<circle cx="{x + 7}" cy="40" r="4" fill="{UNDECIDED}"/>'
    yield text(x + 20, 45, "some UNDECIDED", anchor="start")
    for number, kind in enumerate(KINDS):
        yield from panel(cells, kind, LEFT + number * (PANEL + GAP))
    yield from (text(LEFT, HEIGHT - 28 + 16 * k, line, "start") for k, line in enumerate(LINES))
    yield "</svg>\n"


def panel(cells: Cells, kind: str, left: int) -> Iterator[str]:
    dimensions = sorted({d for random, d, _ in cells if random == kind})
    first, step = dimensions[0], PANEL / len(dimensions)

    def across(d: float) -> float:
        """The middle of a column."""
        return left + (d - first + 0.5) * step

    def up(ratio: float) -> float:
        return TOP + DEPTH * (1 - ratio)

    for d in dimensions:
        samples = sorted(n for random, other, n in cells if (random, other) == (kind, d))
        between = [(a + b) / 2 for a, b in pairwise(samples)]
        for n, low, high in zip(samples, [samples[0] - 0.5, *between], [*between, samples[-1] + 0.5], strict=True):
            cell = cells[kind, d, n]
            decided = cell["proved"] + cell["obstructed"]
            fill = colour(cell["proved"] / decided) if decided else "white"
            top, bottom = up(min(high / d**2, 1)), up(low / d**2)
            yield (
                f'<rect x="{across(d) - step / 2:.2f}" y="{top:.2f}" width="{step + 0.1:.2f}" '
                f'height="{bottom - top + 0.1:.2f}" fill="{fill}" shape-rendering="crispEdges"/>'
            )
            if cell["undecided"]:
                yield f'<circle cx="{across(d):.2f}" cy="{up(n / d**2):.2f}" r="3" fill="{UNDECIDED}"/>'
    steps = [first + k / 4 for k in range(4 * (dimensions[-1] - first) + 1)]
    heuristic = [(d, (d * (d + 1) / 4 + d + 1) / d**2) for d in steps]
    generic = [(d, ((d + 1) * (d + 2) / 2) / d**2) for d in steps]
    for line, dash in ((heuristic, ""), (generic, ' stroke-dasharray="2 4"')):
        path = " ".join(f"{across(d):.2f},{up(ratio):.2f}" for d, ratio in line if ratio <= 1)
        yield f'<polyline points="{path}" fill="none" stroke="{INK}" stroke-width="1.5"{dash}/>'
    dashed = f'stroke="{INK}" stroke-width="1.5" stroke-dasharray="8 4"'
    yield f'<path d="M{left} {up(0.25):.2f}h{PANEL}" {dashed}/>'
    yield f'<path d="M{left} {TOP}v{DEPTH}h{PANEL}" fill="none" stroke="{GREY}"/>'
    for d in range(4, dimensions[-1] + 1, 4):
        yield text(across(d), TOP + DEPTH + 18, str(d))
    for ratio in (0, 0.25, 0.5, 0.75, 1):
        yield text(left - 6, up(ratio) + 4, f"{ratio:g}", anchor="end")
    yield text(left + PANEL / 2, TOP - 8, f"{kind} inputs")
    yield text(left + PANEL / 2, TOP + DEPTH + 38, "d_0")
    if kind == KINDS[0]:
        yield f'<g transform="translate({left - 42} {TOP + DEPTH / 2}) rotate(-90)">{text(0, 0, "N / d_0²")}</g>'


def colour(share: float) -> str:
    """From orange (nothing proved) over white to blue (all proved)."""
    end = PROVED if share > 0.5 else OBSTRUCTED
    weight = abs(2 * share - 1)
    return "#" + "".join(f"{round(255 + weight * (c - 255)):02x}" for c in end)


def text(x: float, y: float, content: str, anchor: str = "middle", size: int = 12) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{INK}">{content}</text>'


def main() -> int:
    folder, *options = sys.argv[1:] or ["out-phase-diagram"]
    code = certify(["sweep", str(HERE / "sweep.toml"), "--out", folder, *options])
    if code not in (0, 4):
        return code
    write_counts(counts(Path(folder) / "summary.csv"), COUNTS)
    FIGURE.write_text("\n".join(figure(read_counts(COUNTS))), "utf-8")
    print(f"written to {COUNTS} and {FIGURE}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
