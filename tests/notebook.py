"""Running a notebook as Jupyter does: `python -m tests.notebook examples/notebook.ipynb` stores the outputs in it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def executed(path: Path) -> Any:
    """The notebook with the outputs of running all cells in its folder; a cell that raises is an error."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(notebook, timeout=300, coalesce_streams=True, resources=place)
    client.execute(env={**os.environ, "PYTHONPATH": str(ROOT)})
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # when it ran, which says nothing
    notebook.metadata.pop("language_info", None)
    nbformat.validate(notebook)
    return notebook


def texts(notebook: Any) -> list[str]:
    """All outputs that are text, in order; pictures are left out."""
    found = []
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            found += [output["text"]] if "text" in output else []
            found += [text for kind, text in sorted(output.get("data", {}).items()) if kind.startswith("text/")]
    return found


def main(names: list[str]) -> None:
    import nbformat

    for name in names:
        nbformat.write(executed(ROOT / name), ROOT / name)


if __name__ == "__main__":
    main(sys.argv[1:])
