"""`proofs.check`: the same answer for files, texts and documents, and nothing enters that no file could hold."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import proofs
from proofs.exact import Malformed
from proofs.kernel import Verdict
from tests.proofs.build import THREE, changed


def forms(document: dict[str, Any], path: Path) -> list[Any]:
    """A document as a file, a text, and itself."""
    path.write_text(json.dumps(document), "utf-8")
    return [path, json.dumps(document), document]


def test_files_texts_and_documents_have_the_same_verdict(tmp_path: Path) -> None:
    instances = forms(THREE.document, tmp_path / "instance.json")
    for certificate, verdict in ((THREE.certificate(), Verdict.PROVED), (rejected(), Verdict.REJECTED)):
        for written in forms(certificate, tmp_path / "certificate.json"):
            outcomes = [proofs.check(instance, written) for instance in instances]
            assert {outcome.verdict for outcome in outcomes} == {verdict}


def rejected() -> dict[str, Any]:
    false = changed(THREE.certificate(), {"claim.gap": "1000"})
    outcome = proofs.check(THREE.document, false)
    assert outcome.failure is not None
    assert (outcome.failure.step, outcome.failure.failure.code) == ("claim", "CL05")
    return false


def test_data_files_are_looked_for_beside_the_instance_file(tmp_path: Path) -> None:
    large = changed(THREE.document, {"data": {"features": ["x"], "file": "x.csv", "sha256": "0" * 64, "outputs": 1}})
    (tmp_path / "x.csv").write_text("1,1\n1,1\n", "utf-8")
    path, text, document = forms(large, tmp_path / "instance.json")
    with pytest.raises(Malformed, match="sha256 differs"):
        proofs.check(path, THREE.certificate())
    for nowhere in (text, document):
        with pytest.raises(Malformed, match="a file beside the instance"):
            proofs.check(nowhere, THREE.certificate())


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("out/instance.json", "the name of a file is given as a Path"),
        ("", "JSON text"),
        ("[1]", "JSON text"),
        ('{"a": 1, "a": 1}', "twice"),
        ('{"a": "\ud800"}', "UTF-8"),
        ({"format": 1.5}, "floating point"),
        ({"format": float("nan")}, "floating point"),
        ({"format": 10**30}, "integer"),
        ({"format": {1, 2}}, "expected a JSON document"),
        ({1: "a", "1": "b"}, "twice"),
        ({(1,): "a"}, "expected a JSON document"),
        (None, "expected a JSON document"),
        (7, "expected a JSON document"),
        (b"{}", "expected a JSON document"),
    ],
)
def test_what_is_no_document_is_malformed(source: Any, message: str) -> None:
    with pytest.raises(Malformed, match=message):
        proofs.check(source, THREE.certificate())
    with pytest.raises(Malformed, match=message):
        proofs.check(THREE.document, source)


def test_a_document_that_contains_itself_is_malformed() -> None:
    document: dict[str, Any] = {}
    document["a"] = document
    with pytest.raises(Malformed, match="expected a JSON document"):
        proofs.check(document, THREE.certificate())


def test_a_verdict_is_no_truth_value() -> None:
    with pytest.raises(TypeError):
        bool(proofs.check(THREE.document, THREE.certificate()).verdict)


def test_a_missing_file_is_an_error_of_the_file_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        proofs.check(tmp_path / "nowhere.json", THREE.certificate())


def test_importing_the_package_imports_no_library() -> None:
    program = "import sys, proofs; print(sorted({m.partition('.')[0] for m in sys.modules} & {'flint', 'numpy'}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
