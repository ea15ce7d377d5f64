"""The tables of docs/performance.md, from benchmarks/results.json: `python -m benchmarks.page` writes them anew."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE, RESULTS = ROOT / "docs" / "performance.md", ROOT / "benchmarks" / "results.json"
TABLES = {
    "processes": ("processes",),
    "peers": ("widths", "hessians", "definiteness", "limits"),
    "growth": ("growth", "laws"),
}
"""By section of the results the tables that are made from it."""
NAIVE = "python-flint, naive"
_TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
Figures = dict[str, Any]


def tables(results: Figures) -> dict[str, str]:
    """By name, for the sections that were measured."""
    found: dict[str, str] = {}
    if "processes" in results:
        found["processes"] = _limited(results["processes"]["rows"])
    if "peers" in results:
        peers = results["peers"]
        found["limits"] = _limited(limits(peers))
        found["widths"] = _widths(peers["widths"])
        found["hessians"] = _peers(peers, "hessians", ("hessian", "definite"), "{} parameters: ")
        found["definiteness"] = _peers(peers, "definiteness", ("definite",), "n = {}: ")
    if "growth" in results:
        laws = results["growth"]["laws"]
        found["growth"] = _growth(laws)
        lines = [
            [what, *(f"{round(law['exponents'][key], 2) + 0.0:.2f}" for key in ("prove", "check"))]
            for what, law in laws.items()
        ]
        found["laws"] = _table(["what grows", "exponent of prove", "exponent of check"], lines)
    return found


def limits(peers: Figures) -> list[Figures]:
    """What the project demands of ratios between certify and other tools, where these are installed."""
    widths, hessians = peers["widths"], peers["hessians"]["385"]
    rows = []
    for width, tool, limit in (("32", NAIVE, 1 / 3), ("512", NAIVE, 1 / 100), ("256", "JAX", 1)):
        if other := widths[width][tool]:
            ratio = widths[width]["certify"]["minimum"] / (other["hessian"] + other["definite"])
            rows.append((f"proof of the local minimum / {tool}, width {width}", ratio, limit))
    if other := hessians["JAX"]:
        rows.append(("Hessian, 385 parameters / JAX", hessians["certify"]["hessian"] / other["hessian"], 5))
    return [{"what": what, "value": value, "unit": "ratio", "limit": limit} for what, value, limit in rows]


def _limited(rows: Iterable[Figures]) -> str:
    units = {"ratio": "times"}
    lines = [[r["what"], f"{_short(r['value'])} {units.get(r['unit'], r['unit'])}", f"{r['limit']:.4g}"] for r in rows]
    return _table(["what", "measured", "demanded at most"], lines)


def _widths(widths: Figures) -> str:
    lines = []
    for width, by_tool in widths.items():
        ours, lasts = by_tool["certify"], [by_tool[tool] for tool in (NAIVE, "JAX")]
        line = [width, *(_milliseconds(ours[key]) for key in ("prove", "check", "minimum"))]
        for last in lasts:
            if last is None:
                line += ["not installed", ""]
                continue
            line += [
                f"{_milliseconds(last['hessian'])} + {_milliseconds(last['definite'])}",
                f"{_short((last['hessian'] + last['definite']) / ours['minimum'])} ×",
            ]
        lines.append(line)
    titles = ["width", "prove", "check", "local minimum", "naive: Hessian + LDLᵀ", "against the local minimum"]
    return _table([*titles, "JAX: Hessian + eigenvalues", "against the local minimum"], lines)


def _peers(peers: Figures, section: str, keys: Sequence[str], title: str) -> str:
    sizes = peers[section]
    columns = [(size, key) for size in sizes for key in keys]
    words = {"hessian": "Hessian", "definite": "definiteness"}
    lines = []
    for tool, arithmetic in peers["arithmetic"].items():
        cells = [_against(sizes[size][tool], sizes[size]["certify"], key, tool == "certify") for size, key in columns]
        lines.append([tool, arithmetic, *cells])
    return _table(["tool", "arithmetic", *(title.format(size) + words[key] for size, key in columns)], lines)


def _against(figures: Figures | str | None, ours: Figures, key: str, absolute: bool) -> str:
    if figures is None:
        return "not installed"
    if isinstance(figures, str):
        return figures
    value = _milliseconds(figures[key]) if absolute else f"{_short(figures[key] / ours[key])} ×"
    return value if figures["answer"] or key == "hessian" else f"{value}, undecided"


def _growth(laws: Figures) -> str:
    lines = [
        [what, size, *(_milliseconds(figures[key]) for key in ("prove", "check"))]
        for what, law in laws.items()
        for size, figures in law["sizes"].items()
    ]
    return _table(["what grows", "size", "prove", "check"], lines)


def _milliseconds(seconds: float) -> str:
    return f"{_short(1000 * seconds)} ms"


def _short(value: float) -> str:
    """Three significant digits, never with an exponent."""
    return f"{float(f'{value:.3g}'):,.10f}".rstrip("0").rstrip(".")


def _table(titles: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = [titles, ["---"] * len(titles), *lines]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def filled(text: str, results: Figures) -> str:
    """The page with its tables made from the results."""
    made = tables(results)
    return _TABLE.sub(lambda found: f"{found[1]}\n{made[found[2]]}\n{found[3]}", text)


def write(results: Figures) -> None:
    PAGE.write_text(filled(PAGE.read_text("utf-8"), results), "utf-8")


if __name__ == "__main__":
    write(json.loads(RESULTS.read_text("utf-8")))
