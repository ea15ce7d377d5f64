"""Writing results: whole files or none."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

INSTANCE, CERTIFICATE = "instance.json", "certificate.json"


def write_all(folder: Path, files: dict[str, bytes]) -> None:
    """Write the files into `folder`, each completely or not at all (a temporary file is renamed over the old one).

    Raises:
        OSError: the folder or a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    staged: list[tuple[str, Path]] = []
    try:
        for name, content in files.items():
            handle, temporary = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
            staged.append((temporary, folder / name))
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            Path(temporary).chmod(0o644)
        for temporary, final in staged:
            Path(temporary).replace(final)
    finally:
        for temporary, _ in staged:
            Path(temporary).unlink(missing_ok=True)


def json_text(document: object) -> bytes:
    """A JSON document for people and programs: one line for each innermost list."""
    return (_pretty(document, "") + "\n").encode("utf-8")


def _pretty(value: object, indent: str) -> str:
    if isinstance(value, dict) and value:
        inner = indent + "  "
        items = [f"{inner}{json.dumps(key)}: {_pretty(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(items) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(item, list | dict) for item in value):
        inner = indent + "  "
        return "[\n" + ",\n".join(inner + _pretty(item, inner) for item in value) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False)
