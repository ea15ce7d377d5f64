"""What lies in a folder, checked, as the subject of a report."""

from __future__ import annotations

import json
from pathlib import Path

from certify.checking import Checked, Text, checked_texts, reading
from certify.errors import UsageError
from certify.files import read_bytes
from certify.output import CERTIFICATE, INSTANCE
from certify.progress import Report
from certify.report.compose import Subject


def checked_folder(folder: Path, progress: Report) -> tuple[Checked, Subject]:
    """Check the files that `prove` or `examine` wrote into a folder; what is attached to a report is what was checked.

    Raises:
        UsageError: there is no such folder, or a file is missing or malformed.
        OSError: too large, or a file cannot be read for another reason.
        PluginError: a lemma of another package does not work.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: expected the folder that `certify prove` or `certify examine` wrote")
    files = {name: read_bytes(folder / name) for name in (INSTANCE, CERTIFICATE)}
    with reading():
        instance, certificate = (Text(content, name, folder) for name, content in files.items())
        result = checked_texts(instance, certificate, progress)
    if (data := json.loads(files[INSTANCE])["data"].get("file")) is not None:
        files[data] = read_bytes(folder / data)
    return result, Subject(result.instance, result.outcome, (), result.assumed, result.missing, folder, files)
