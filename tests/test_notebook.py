"""The notebook shows what Jupyter really prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.notebook import executed, texts
from tests.test_documents import masked

NOTEBOOK = Path(__file__).resolve().parent.parent / "examples" / "notebook.ipynb"


@pytest.mark.long
def test_running_the_notebook_prints_what_is_stored_in_it() -> None:
    import nbformat

    stored = texts(nbformat.read(NOTEBOOK, as_version=4))
    assert len(stored) > 10
    assert list(map(masked, texts(executed(NOTEBOOK)))) == list(map(masked, stored))


def test_every_cell_of_the_notebook_was_run_in_order() -> None:
    notebook = json.loads(NOTEBOOK.read_text("utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert not [output for cell in cells for output in cell["outputs"] if output["output_type"] == "error"]
    shown = {kind for cell in cells for output in cell["outputs"] for kind in output.get("data", {})}
    assert shown == {"text/plain", "text/html", "image/svg+xml"}
    assert all(output["name"] == "stdout" for cell in cells for output in cell["outputs"] if "name" in output)
