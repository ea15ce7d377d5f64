"""The second checker as a program, and its refusals that no small certificate reaches."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from flint import fmpq

from certify.selftest import document
from proofs import standalone
from proofs.lemmas.interval_region import LayerRange, absorbed
from proofs.standalone import Fields, Instance, Level, Malformed, Rejected, TooLarge

THREE: Any = document("three-points", "instance")
PROOF: Any = document("three-points", "certificate")


def instance() -> Instance:
    return standalone.read_instance(THREE)


def test_exit_codes_as_a_program(tmp_path: Path) -> None:
    place, proof, other = tmp_path / "instance.json", tmp_path / "certificate.json", tmp_path / "other.json"
    place.write_text(json.dumps(THREE))
    proof.write_text(json.dumps(PROOF))
    other.write_text(json.dumps({**PROOF, "instance": "sha256:0"}))

    def run(*arguments: Path) -> tuple[int, str]:
        command = [sys.executable, standalone.__file__, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
        return done.returncode, done.stdout + done.stderr

    code, output = run(place, proof)
    assert (code, output.splitlines()[-1]) == (0, "PROVED")
    code, output = run(place, other)
    assert code == 3
    assert "CE01" in output
    assert run(place)[0] == 2
    assert run(place, tmp_path / "missing.json")[0] == 2
    assert run(proof, place)[0] == 2


def test_exit_codes_of_main(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, proof = tmp_path / "instance.json", tmp_path / "certificate.json"
    place.write_text(json.dumps(THREE))
    proof.write_text(json.dumps(PROOF))
    assert standalone.main([]) == 2
    assert "usage" in capsys.readouterr().err
    assert standalone.main([str(place), str(proof)]) == 0
    assert standalone.main([str(place), str(tmp_path / "none")]) == 2
    monkeypatch.setattr(standalone, "MOST_BYTES", 10)
    assert standalone.main([str(place), str(proof)]) == 5
    with pytest.raises(TooLarge):
        standalone.parse_json(b"[0, 1, 2, 3, 4]", "long")


def test_a_step_name_cannot_fake_a_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place, proof = tmp_path / "instance.json", tmp_path / "certificate.json"
    place.write_text(json.dumps(THREE))
    first, *others = PROOF["steps"]
    proof.write_text(json.dumps({**PROOF, "steps": [{**first, "id": "x\nPROVED\n"}, *others]}))
    assert standalone.main([str(place), str(proof)]) == 3
    assert not any(line.startswith("PROVED") for line in capsys.readouterr().out.splitlines())


def test_undecided_when_an_enclosure_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def unclear(*_: object) -> object:
        raise standalone.Unclear("too wide")

    monkeypatch.setitem(standalone.LEMMAS, "constant-point/1", (unclear, []))
    result = standalone.check(instance(), PROOF)
    assert (result.verdict, result.stopped) == ("UNDECIDED", "s1")
    assert result.failure is not None
    assert result.failure.code == "XX01"


@pytest.mark.parametrize(
    ("lemma", "code", "arguments"),
    [
        ("local-minimum/1", "LM01", {}),
        ("interval-region/1", "IR01", {"radius": "1/10", "rates": ["1"]}),
        ("jensen-region/1", "JR01", {"gaps": []}),
        ("better-point/1", "BP01", {"gap": "1", "layers": []}),
        ("exact-optimum/1", "EO08", {"direction": ["1"], "carriers": []}),
        ("generic-data/1", "GD01", {"rows": [0, 1, 2]}),
    ],
)
def test_a_premise_of_another_kind(lemma: str, code: str, arguments: dict[str, object]) -> None:
    function, _ = standalone.LEMMAS[lemma]
    with pytest.raises(Rejected) as refusal:
        function(instance(), [object()], Fields(arguments, "arguments"))
    assert refusal.value.code == code


@pytest.mark.parametrize("text", ["log(0)", "log(-1/2)", "log(x)", "log(1/2", "", "1/0", "2/4"])
def test_levels_refused(text: str) -> None:
    with pytest.raises(Malformed):
        standalone.level(text, "level")


def test_an_empty_interval_is_malformed() -> None:
    with pytest.raises(Malformed):
        standalone._ends(Fields({"lower": "1", "upper": "1"}, "interval"))


def test_pre_activations_beyond_all_bounds() -> None:
    exponential = standalone.read_instance({**THREE, "network": {**THREE["network"], "activation": "exp"}})
    point = standalone.Point(
        [Level(standalone.Fraction(2**30), is_log=False)], [], [], [], [], [0], standalone.Fraction(1)
    )
    with pytest.raises(Rejected) as refusal:
        standalone._ranges(exponential, point, standalone.Fraction(1, 2), standalone.Fraction(1))
    assert refusal.value.code == "IR02"


@pytest.mark.parametrize(
    ("content", "changes"),
    [
        (b"1,1\n-1,0\n 0,3\n", {}),
        (b"1,1\n-1,0\n0,3.0\n", {}),
        (b"1,1\n-1,0\n-,3\n", {}),
        (b"1,1\n-1,0\n0\n", {}),
        (b"0,1\n-1,0\n0,3\n", {}),
        (b"1,1\n-1,0\n" + b"9" * 4001 + b",3\n", {}),
        (b"1,1\n-1,0\n0,3\n", {"sha256": "0" * 64}),
        (b"1,1\n-1,0\n0,3\n", {"outputs": -1}),
        (b"1,1\n-1,0\n0,3\n", {"file": "../data.csv"}),
    ],
)
def test_data_files_refused(content: bytes, changes: dict[str, object], tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_bytes(content)
    data = {"features": ["x"], "file": "data.csv", "sha256": hashlib.sha256(content).hexdigest(), "outputs": 1}
    with pytest.raises(Malformed):
        standalone.read_instance({**THREE, "data": {**data, **changes}}, tmp_path)


def test_a_data_file_accepted_and_one_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"2,1\n-1,0\n0,3\n1,0\n"
    (tmp_path / "data.csv").write_bytes(content)
    data = {"features": ["x"], "file": "data.csv", "sha256": hashlib.sha256(content).hexdigest(), "outputs": 1}
    read = standalone.read_instance({**THREE, "data": data}, tmp_path)
    assert read.inputs.entry(0, 0) == standalone.Fraction(-1, 2)
    assert read.targets.entry(1, 0) == 3
    monkeypatch.setattr(standalone, "MOST_DATA_BYTES", 5)
    with pytest.raises(TooLarge):
        standalone.read_instance({**THREE, "data": data}, tmp_path)


def test_a_data_file_without_targets(tmp_path: Path) -> None:
    content = b"2\n-1\n0\n"
    (tmp_path / "data.csv").write_bytes(content)
    data = {"features": ["x"], "file": "data.csv", "sha256": hashlib.sha256(content).hexdigest(), "outputs": 0}
    read = standalone.read_instance({**THREE, "data": data}, tmp_path)
    assert (len(read.inputs.rows), read.targets.scales) == (2, [])


def test_signs_of_enclosures_too_large_or_too_small_are_not_told() -> None:
    most = standalone.MOST_EXPONENT
    for number in (1, -1):
        for exponent in (-most, 0, most - 1):
            assert standalone.sign(standalone.Interval(number, number, exponent)) == number
        for exponent in (-most - 1, most):
            assert standalone.sign(standalone.Interval(number, number, exponent)) == 0


def test_both_checkers_absorb_the_same_in_four_layers() -> None:
    """Whole numbers, so that no enclosure is wider than the number."""
    slopes, least, bends, scales, rates = (2, 3, 5, 7), (1, 1, 2, 3), (11, 13, 17, 19), (2, -3, 4), (1, 23, 29, 31)
    radius, size = (1, 10), (3, 2)
    point = standalone.Point([], [Fraction(s) for s in scales], [], [], [], [0], Fraction(1))
    full = [(standalone.interval(s), standalone.interval(b)) for s, b in zip(slopes, bends, strict=True)]
    constant = [(standalone.interval(s), standalone.interval(0)) for s in least]
    found = standalone._absorbed(point, Fraction(*radius), Fraction(*size), list(map(Fraction, rates)), full, constant)
    expected = absorbed(
        list(map(fmpq, scales)),
        fmpq(*radius),
        fmpq(*size),
        list(map(fmpq, rates)),
        [LayerRange(fmpq(s), fmpq(0), fmpq(b), fmpq(b)) for s, b in zip(slopes, bends, strict=True)],
        [LayerRange(fmpq(s), fmpq(s), fmpq(0), fmpq(0)) for s in least],
    )
    assert str(found) == str(expected)
