"""The worked example of docs/certificate-format.md is true."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from proofs.document import digest
from tests.corpus.corpus import CHECKERS, PROVED, Texts, encoded
from tests.running import EXAMPLES, certify

FORMAT = Path(__file__).resolve().parents[2] / "docs" / "certificate-format.md"
KINDS = ("instance", "certificate")
TEXT = FORMAT.read_text("utf-8")


def _blocks() -> list[Any]:
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)]


def _written(folder: Path) -> tuple[Any, Any]:
    ended = certify("prove", EXAMPLES / "three-points.toml", "--out", folder)
    assert ended.code == 0, ended
    instance, certificate = (json.loads((folder / f"{kind}.json").read_text("utf-8")) for kind in KINDS)
    return instance, certificate


def test_the_instance_has_the_hash_of_the_certificate() -> None:
    instance, certificate = _blocks()
    assert certificate["instance"] == digest(instance)


def test_prove_writes_that_instance_and_these_steps(tmp_path: Path) -> None:
    shown, _ = _blocks()
    instance, certificate = _written(tmp_path)
    assert instance == shown
    for checker in CHECKERS.values():
        assert checker(Texts(encoded(instance), encoded(certificate))) == PROVED
    listed = re.findall(r"^\d\. \*([a-z-]+/1)\*", TEXT, re.MULTILINE)
    assert [step["lemma"] for step in certificate["steps"]] == listed


def test_the_numbers_of_the_steps(tmp_path: Path) -> None:
    _, certificate = _written(tmp_path)
    arguments = {step["lemma"].partition("/")[0]: step["arguments"] for step in certificate["steps"]}
    assert arguments["constant-point"] == {
        "levels": ["log(1/2)"],
        "scales": [],
        "constants": ["1"],
        "output_weights": ["3"],
        "dependent": [],
    }
    assert certificate["claim"]["loss"] == "6"
    assert arguments["local-minimum"] == {}
    assert arguments["interval-region"]["radius"] == "3/10"
    (gap,) = arguments["jensen-region"]["gaps"]
    assert gap == {"weight": "2", "centre": 1, "vertices": [0, 2], "coefficients": ["1/2", "1/2"]}
    assert arguments["jensen-region"]["intervals"] == [{"lower": None, "upper": "0"}]
    assert len(arguments["better-point"]["layers"][0]["biases"]) == 2
    assert arguments["exact-optimum"]["direction"] in (["1"], ["-1"])
    assert arguments["generic-data"]["rows"] == [0, 1, 2]
