"""Instances: what the format allows, and everything it does not."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from flint import fmpq

import proofs.instance
from proofs import standalone
from proofs.document import TooLarge, digest
from proofs.exact import Malformed
from proofs.instance import (
    MAX_CELL_DIGITS,
    MAX_DEPTH,
    MAX_WIDTH,
    Extension,
    WeightDecay,
    instance_document,
    load_instance,
    read_instance,
)
from tests.proofs.build import BINARY, NULL, THREE, changed

GOOD = changed(THREE.document, {"data.inputs": [["-1"], ["1/2"], ["1"]]})


def test_an_instance_is_read_exactly() -> None:
    instance = read_instance(GOOD)
    assert instance.inputs.column(0) == [fmpq(-1), fmpq(1, 2), fmpq(1)]
    assert instance.targets.column(0) == [fmpq(0), fmpq(3), fmpq(0)]
    assert (instance.samples, instance.features, instance.provenance) == (3, ("x1",), "by hand")
    network = instance.architecture
    assert (network.activation.name, network.depth, network.widths, network.outputs) == ("sigmoid", 1, None, 1)
    assert network.output_bias is False


def test_an_instance_about_the_inputs_alone_has_no_outputs() -> None:
    instance = read_instance(BINARY.document)
    assert (instance.samples, instance.targets.rows, instance.architecture.outputs) == (4, 4, 0)


DECAY = {"weights": "1/1000", "biases": "0"}


@pytest.mark.parametrize(
    "case", [GOOD, BINARY.document, changed(GOOD, {"network.widths": [4]}), changed(GOOD, {"weight_decay": DECAY})]
)
def test_an_instance_document_can_be_written_again(case: dict[str, Any]) -> None:
    instance = read_instance(case)
    data = {key: case["data"][key] for key in ("inputs", "targets")}
    found = instance_document(
        instance.features, data, instance.architecture, instance.loss, instance.provenance, instance.weight_decay
    )
    assert found == case
    assert instance.hash == digest(found)


def test_weight_decay_and_coupled_outputs_are_extensions() -> None:
    decayed = read_instance(changed(GOOD, {"weight_decay": DECAY}))
    assert decayed.weight_decay == WeightDecay(fmpq(1, 1000), fmpq(0))
    assert read_instance(changed(GOOD, {"weight_decay": DECAY | {"biases": "2"}})).weight_decay == WeightDecay(
        fmpq(1, 1000), fmpq(2)
    )
    assert read_instance(GOOD).weight_decay is None
    assert read_instance(GOOD).extensions == frozenset()
    assert decayed.extensions == {Extension.WEIGHT_DECAY}
    both = read_instance(changed(GOOD, {"weight_decay": DECAY, "loss": "cross-entropy"}))
    assert both.extensions == {Extension.WEIGHT_DECAY, Extension.COUPLED_OUTPUTS}


def test_the_hash_notices_every_change() -> None:
    changes: list[dict[str, Any]] = [
        {},
        {"data.inputs.0.0": "-2"},
        {"data.targets.1.0": "4"},
        {"data.features.0": "x2"},
        {"network.activation": "tanh"},
        {"network.depth": 2},
        {"network.widths": [7]},
        {"network.output_bias": True},
        {"provenance": "elsewhere"},
        {"weight_decay": DECAY},
        {"weight_decay": {"weights": "0", "biases": "1/1000"}},
        {"loss": "cross-entropy"},
    ]
    assert len({read_instance(changed(GOOD, change)).hash for change in changes}) == len(changes)


MALFORMED: list[tuple[dict[str, Any], str]] = [
    ({"format": None}, "'format' is missing"),
    ({"format": "certify-instance/2"}, "format"),
    ({"format": 1}, "format"),
    ({"extra": 1}, "unknown field 'extra'"),
    ({"data.extra": 1}, "unknown field 'extra'"),
    ({"network.extra": 1}, "unknown field 'extra'"),
    ({"data": []}, "instance.data"),
    ({"network": "sigmoid"}, "instance.network"),
    ({"loss": "absolute"}, "instance.loss"),
    ({"loss": None}, "'loss' is missing"),
    ({"weight_decay": {"weights": "0", "biases": "0"}}, "weight_decay: expected numbers that are not negative"),
    ({"weight_decay": {"weights": "-1", "biases": "1"}}, "weight_decay: expected numbers that are not negative"),
    ({"weight_decay": {"weights": "1", "biases": "-1/9"}}, "weight_decay: expected numbers that are not negative"),
    ({"weight_decay": {"weights": "1"}}, "'biases' is missing"),
    ({"weight_decay": {"biases": "1"}}, "'weights' is missing"),
    ({"weight_decay": {"weights": "1", "biases": "1", "more": "1"}}, "unknown field 'more'"),
    ({"weight_decay": {"weights": 1, "biases": "1"}}, "weight_decay.weights: expected a rational"),
    ({"weight_decay": {"weights": "0.1", "biases": "1"}}, "weight_decay.weights"),
    ({"weight_decay": "1"}, "weight_decay: expected an object"),
    ({"weight_decay": []}, "weight_decay: expected an object"),
    ({"provenance": None}, "'provenance' is missing"),
    ({"provenance": 3}, "instance.provenance"),
    ({"network.activation": "sigmoyd"}, "unknown activation 'sigmoyd'; known: sigmoid"),
    ({"network.activation": ["sigmoid"]}, "activation"),
    ({"network.activation": "Sigmoid"}, "unknown activation"),
    ({"network.depth": 0}, "depth"),
    ({"network.depth": -1}, "depth"),
    ({"network.depth": MAX_DEPTH + 1}, "depth"),
    ({"network.depth": True}, "depth"),
    ({"network.depth": "1"}, "depth"),
    ({"network.widths": []}, "widths"),
    ({"network.widths": [1, 2]}, "widths"),
    ({"network.widths": [0]}, "widths"),
    ({"network.widths": [-5]}, "widths"),
    ({"network.depth": 2, "network.widths": [0, 1]}, "widths"),
    ({"network.depth": 2, "network.widths": [1, MAX_WIDTH + 1]}, "widths"),
    ({"network.widths": [MAX_WIDTH + 1]}, "widths"),
    ({"network.widths": [True]}, "widths"),
    ({"network.widths": ["5"]}, "widths"),
    ({"network.widths": "all"}, "widths"),
    ({"network.widths": NULL}, "widths"),
    ({"network.output_bias": 1}, "output_bias"),
    ({"network.output_bias": "false"}, "output_bias"),
    ({"data.features": []}, "inputs"),
    ({"data.features": ["x1", "x2"]}, r"inputs\[0\]: expected 2 numbers, found 1"),
    ({"data.features": ["a", "a"], "data.inputs": [["1", "2"]] * 3}, "twice"),
    ({"data.features": "x1"}, "features"),
    ({"data.features": [1]}, "features"),
    ({"data.inputs": []}, "0 rows of inputs but 3 of targets"),
    ({"data.inputs": [], "data.targets": []}, "at least one sample"),
    ({"data.inputs": [], "data.features": [], "data.targets": []}, "at least one sample"),
    ({"data.inputs": [[], [], []], "data.features": []}, "at least one sample and one feature"),
    ({"data.inputs": [["1"], ["2"]]}, "2 rows of inputs but 3 of targets"),
    ({"data.inputs": [["1"], ["2", "3"], ["4"]]}, r"inputs\[1\]: expected 1 numbers, found 2"),
    ({"data.inputs": [["1"], [], ["4"]]}, r"inputs\[1\]: expected 1 numbers, found 0"),
    ({"data.inputs": ["1", "2", "3"]}, r"inputs\[0\]: expected a list"),
    ({"data.inputs.0.0": 1}, r"inputs\[0\]\[0\]: expected a rational"),
    ({"data.inputs.2.0": "2/4"}, r"inputs\[2\]\[0\]"),
    ({"data.inputs.2.0": "1.5"}, r"inputs\[2\]\[0\]"),
    ({"data.inputs.2.0": "nan"}, r"inputs\[2\]\[0\]"),
    ({"data.inputs.2.0": "1/0"}, "denominator zero"),
    ({"data.targets": [[], [], []]}, r"targets\[0\]"),
    ({"data.targets": [["1"], ["1", "2"], ["1"]]}, r"targets\[1\]: expected 1 numbers, found 2"),
    ({"data.targets": [["1"], ["1", "2"], ["1", "2"]]}, r"targets\[1\]: expected 1 numbers, found 2"),
    ({"data.targets": ["0", "3", "0"]}, r"targets\[0\]: expected a list"),
    ({"data.targets": None}, "'targets' is missing"),
    ({"data.file": "data.csv"}, "is missing"),
    ({"data.sha256": "0"}, "unknown field 'sha256'"),
]


@pytest.mark.parametrize(("changes", "message"), MALFORMED, ids=lambda v: str(v)[:40])
def test_a_malformed_instance_is_refused(changes: dict[str, Any], message: str) -> None:
    document = changed(GOOD, {k: v for k, v in changes.items() if v is not NULL})
    for place, value in changes.items():
        if value is NULL:
            section, key = place.split(".")
            document[section][key] = None
    with pytest.raises(Malformed, match=message):
        read_instance(document)
    if "weight_decay" in changes:
        with pytest.raises(standalone.Malformed):
            standalone.read_instance(document)


@pytest.mark.parametrize("document", [None, [], "x", 1, {}])
def test_an_instance_is_an_object_with_a_format(document: Any) -> None:
    with pytest.raises(Malformed):
        read_instance(document)


def test_widths() -> None:
    assert read_instance(changed(GOOD, {"network.widths": [MAX_WIDTH]})).architecture.widths == (MAX_WIDTH,)
    deep = changed(GOOD, {"network.depth": MAX_DEPTH, "network.widths": [1] * MAX_DEPTH})
    network = read_instance(deep).architecture
    assert network.admits((1,) * MAX_DEPTH)
    assert not network.admits((1,) * (MAX_DEPTH - 1) + (2,))
    assert read_instance(GOOD).architecture.admits((MAX_WIDTH**2,))


def test_samples_are_grouped_by_equal_inputs() -> None:
    rows = [["1/2", "0"], ["1/3", "0"], ["1/2", "0"], ["1/2", "1"], ["1/3", "0"]]
    document = changed(GOOD, {"data.features": ["a", "b"], "data.inputs": rows, "data.targets": [["0"]] * 5})
    assert read_instance(document).distinct_inputs == ((0, 2), (1, 4), (3,))


class DataFile:
    """An instance whose data lie beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def document(self, content: bytes, name: str = "data.csv", outputs: int = 1, **fields: Any) -> dict[str, Any]:
        digest = hashlib.sha256(content).hexdigest()
        data = {"features": ["a", "b"], "file": name, "sha256": digest, "outputs": outputs} | fields
        return {**GOOD, "data": data}

    def read(self, content: bytes, **changes: Any) -> Any:
        (self.folder / "data.csv").write_bytes(content)
        return read_instance(self.document(content, **changes), self.folder)


@pytest.fixture
def beside(tmp_path: Path) -> DataFile:
    return DataFile(tmp_path)


CONTENT = b"2,1,3\n1,-5,7\n-4,0,-1\n"


def test_a_data_file_is_read_exactly(beside: DataFile) -> None:
    instance = beside.read(CONTENT)
    assert [instance.inputs.row(n) for n in (0, 1)] == [[fmpq(1, 2), fmpq(-5)], [fmpq(-2), fmpq(0)]]
    assert instance.targets.column(0) == [fmpq(7, 3), fmpq(-1, 3)]
    assert beside.read(CONTENT.rstrip(b"\n")).samples == 2
    assert beside.read(b"2,1\n1,-5\n", outputs=0).architecture.outputs == 0


def test_the_hash_of_an_instance_covers_its_data_file(beside: DataFile) -> None:
    assert beside.read(CONTENT).hash != beside.read(CONTENT.replace(b"7", b"8")).hash


BAD_FILES: list[tuple[bytes, str]] = [
    (b"", "empty"),
    (b"\n", "separated by commas"),
    (b"2,1,3\n", "at least one sample"),
    (b"1,-5,7\n-4,0,-1\n", "positive denominators"),
    (b"0,1,3\n1,-5,7\n", "positive denominators"),
    (b"2,1\n1,-5,7\n", "3 positive denominators"),
    (b"2,1,3,4\n1,-5,7,1\n", "3 positive denominators"),
    (b"2,1,3\n1,-5\n", "row 1: expected 3 integers, found 2"),
    (b"2,1,3\n1,-5,7\n1,2,3,4\n", "row 2: expected 3 integers, found 4"),
    (b"2,1,3\n1,-5,7\n\n-4,0,-1\n", "separated by commas"),
    (b"2,1,3\n1,-5,7\n\n", "separated by commas"),
    (CONTENT.replace(b"\n", b"\r\n"), "separated by commas"),
    (CONTENT.replace(b"\n", b"\r"), "separated by commas"),
    (CONTENT.replace(b"7", b"7.0"), "separated by commas"),
    (CONTENT.replace(b"7", b"+7"), "separated by commas"),
    (CONTENT.replace(b"7", b" 7"), "separated by commas"),
    (CONTENT.replace(b"7", b"7_0"), "separated by commas"),
    (CONTENT.replace(b"7", b"1e3"), "separated by commas"),
    (CONTENT.replace(b"7", b"nan"), "separated by commas"),
    (CONTENT.replace(b"7", b"--7"), "separated by commas"),
    (CONTENT.replace(b"7", b"7-"), "separated by commas"),
    (CONTENT.replace(b"7", b"-"), "separated by commas"),
    (CONTENT.replace(b"7", b""), "separated by commas"),
    (CONTENT.replace(b"7", b"9" * 5000), "separated by commas"),
    (CONTENT.replace(b"7", "٣".encode()), "separated by commas"),
    (b"\xef\xbb\xbf" + CONTENT, "separated by commas"),
    (b"a,b,y\n" + CONTENT, "separated by commas"),
]


@pytest.mark.parametrize(("content", "message"), BAD_FILES, ids=lambda v: repr(v)[:32])
def test_a_malformed_data_file_is_refused(beside: DataFile, content: bytes, message: str) -> None:
    with pytest.raises(Malformed, match=message):
        beside.read(content)


def test_another_data_file_is_refused(beside: DataFile) -> None:
    document = beside.document(CONTENT)
    (beside.folder / "data.csv").write_bytes(CONTENT.replace(b"7", b"8"))
    with pytest.raises(Malformed, match="sha256 differs"):
        read_instance(document, beside.folder)
    with pytest.raises(Malformed, match="sha256 differs"):
        beside.read(CONTENT, sha256=hashlib.sha256(CONTENT).hexdigest().upper())


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../data.csv", "./data.csv", "sub/data.csv", "sub/../data.csv", ".hidden", "/etc/passwd",
     "data.csv/", "a\0b", "data.csv\n", "\ud800"],
)  # fmt: skip
def test_only_a_plain_file_name_is_opened(beside: DataFile, name: str) -> None:
    (beside.folder / "data.csv").write_bytes(CONTENT)
    inner = beside.folder / "sub"
    inner.mkdir()
    (inner / "data.csv").write_bytes(CONTENT)
    with pytest.raises(Malformed, match="plain name"):
        read_instance(beside.document(CONTENT, name=name), inner)


def test_an_absolute_name_is_not_opened(beside: DataFile) -> None:
    path = beside.folder / "data.csv"
    path.write_bytes(CONTENT)
    with pytest.raises(Malformed, match="plain name"):
        read_instance(beside.document(CONTENT, name=str(path)), beside.folder)


def test_without_a_folder_no_file_is_opened() -> None:
    with pytest.raises(Malformed, match="plain name"):
        read_instance(DataFile(Path()).document(CONTENT, name="pyproject.toml"))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"inputs": [["1", "2"]]}, "unknown field 'inputs'"),
        ({"targets": [["1"]]}, "unknown field 'targets'"),
        ({"outputs": -1}, "positive denominators"),
        ({"outputs": 2}, "positive denominators"),
        ({"outputs": True}, "expected an integer"),
        ({"sha256": 5}, "expected a string"),
        ({"file": 5}, "expected a string"),
    ],
)
def test_the_fields_around_a_data_file(beside: DataFile, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(Malformed, match=message):
        beside.read(CONTENT, **fields)


def test_a_missing_data_file_is_an_error_of_the_system_and_no_verdict(beside: DataFile) -> None:
    with pytest.raises(FileNotFoundError):
        read_instance(beside.document(CONTENT), beside.folder)


def test_a_data_file_over_the_limit_is_not_read(beside: DataFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs.instance, "MAX_DATA_BYTES", len(CONTENT) - 1)
    with pytest.raises(TooLarge, match=r"data\.csv"):
        beside.read(CONTENT)
    monkeypatch.setattr(proofs.instance, "MAX_DATA_BYTES", len(CONTENT))
    assert beside.read(CONTENT).samples == 2


def test_a_cell_over_the_limit_is_refused(beside: DataFile) -> None:
    """Between this limit and Python's own (4300 digits) int() would read it."""
    assert beside.read(CONTENT.replace(b"-5", b"9" * MAX_CELL_DIGITS)).samples == 2
    assert beside.read(CONTENT.replace(b"7", b"9" * MAX_CELL_DIGITS)).samples == 2  # the line break is no digit
    with pytest.raises(Malformed, match=f"at most {MAX_CELL_DIGITS} characters"):
        beside.read(CONTENT.replace(b"-5", b"9" * (MAX_CELL_DIGITS + 1)))


def test_a_negative_number_of_outputs_is_refused_whatever_the_file_holds(beside: DataFile) -> None:
    with pytest.raises(Malformed, match="positive denominators"):
        beside.read(b"2\n1\n", outputs=-1)


def test_an_instance_is_loaded_with_the_data_beside_it(beside: DataFile) -> None:
    path = beside.folder / "instance.json"
    path.write_text(json.dumps(beside.document(CONTENT), indent=1), encoding="utf-8")
    (beside.folder / "data.csv").write_bytes(CONTENT)
    assert load_instance(path).hash == beside.read(CONTENT).hash
    path.write_text("{", encoding="utf-8")
    with pytest.raises(Malformed, match=r"instance\.json: not JSON"):
        load_instance(path)
