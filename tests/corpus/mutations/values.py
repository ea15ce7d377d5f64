"""Values of the right type that the format does not allow, and data files that are not what they should be."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from tests.corpus.corpus import MALFORMED, PROVED, TOO_LARGE, Case, undecided
from tests.corpus.subject import Subject


def values(subject: Subject) -> Iterator[Case]:
    """Numbers and names out of range."""
    depth = subject.depth
    network: dict[str, tuple[Any, ...]] = {
        "activation": ("ReLU", "Sigmoid", "linear", "", "sigmoid\n", "tanh/1"),
        "depth": (0, -1, 9, depth + 10**6),
        "widths": ("any", "", [], [2] * (depth + 1), [0] * depth, [-3] * depth, [10**12 + 1] * depth),
        "output_bias": (0, "false"),
    }
    for field, wrong in network.items():
        for value in wrong:
            draft = subject.draft()
            draft.instance["network"][field] = value
            yield draft.case(f"network.{field} is {value!r}", MALFORMED)
    for field, value in (("format", "certify-instance/2"), ("loss", "mean"), ("loss", "Squared")):
        draft = subject.draft()
        draft.instance[field] = value
        yield draft.case(f"instance.{field} is {value!r}", MALFORMED)
    for field, value in (
        ("format", "certify-certificate/2"),
        ("format", "certify-instance/1"),
        ("precision", 52),
        ("precision", 4097),
        ("precision", -128),
        ("precision", 10**17),
        ("kind", "global-minimum"),
        ("kind", "strict-local-minimum"),
        ("kind", "Local-minimum"),
    ):
        draft = subject.draft()
        (draft.claim if field == "kind" else draft.certificate)[field] = value
        yield draft.case(f"{field} is {value!r}", MALFORMED)
    draft = subject.draft()
    draft.certificate["steps"] = []
    yield draft.case("no steps", undecided("certificate", "CE02"), "nothing was shown")
    if subject.inline:
        yield from _tables(subject)
    else:
        yield from _data_files(subject)


def long_certificates(subject: Subject) -> Iterator[Case]:
    """Ten thousand steps are the most."""
    steps = subject.good.certificate["steps"]
    draft = subject.draft()
    draft.certificate["steps"] = (steps * 10_001)[:10_001]
    yield draft.case("10,001 steps", TOO_LARGE)
    draft = subject.draft()
    draft.certificate["steps"] = [0] * 100_000
    yield draft.case("100,000 zeros for steps", TOO_LARGE)


def _tables(subject: Subject) -> Iterator[Case]:
    data = subject.good.instance["data"]
    features, inputs, targets = data["features"], data["inputs"], data["targets"]
    changes: dict[str, dict[str, Any]] = {
        "a feature name twice": {"features": [*features[:-1], features[0], features[0]][-len(features) :] or features},
        "a feature without column": {"features": [*features, "more"]},
        "no feature": {"features": [], "inputs": [[] for _ in inputs]},
        "no sample": {"inputs": [], "targets": []},
        "a sample without inputs": {"targets": [*(targets or [["0"]] * len(inputs)), ["0"]]},
        "a ragged row of inputs": {"inputs": [*inputs[:-1], [*inputs[-1], "1"]]},
        "a column for targets of no output": {"targets": [[] for _ in inputs]},
        "both a table and a file": {"file": "data.csv", "sha256": "0" * 64, "outputs": 1},
    }
    if len(features) == 1:
        changes["a feature name twice"] = {"features": features * 2, "inputs": [row * 2 for row in inputs]}
    if targets:
        changes["a sample without targets"] = {"inputs": [*inputs, inputs[0]]}
        changes["a ragged row of targets"] = {"targets": [*targets[:-1], [*targets[-1], "1"]]}
    for change, fields in changes.items():
        draft = subject.draft()
        draft.instance["data"] = {**data, **fields}
        yield draft.case(change, MALFORMED)


def _data_files(subject: Subject) -> Iterator[Case]:
    """The file beside the instance; its hash is recomputed except in the cases about the hash."""
    (name,) = subject.good.files
    content = subject.good.files[name]
    first, second, rest = content.split(b"\n", 2)

    def edited(change: str, new: bytes) -> Case:
        draft = subject.draft()
        draft.files[name] = new
        draft.instance["data"]["sha256"] = hashlib.sha256(new).hexdigest()
        return draft.case(change, MALFORMED)

    for change, new in {
        "an empty file": b"",
        "denominators only": first + b"\n",
        "an empty line": first + b"\n\n" + second + b"\n" + rest,
        "two line ends at the end": content + b"\n",
        "a decimal": content.replace(b"1", b"1.0", 1),
        "a fraction": first + b"\n1/2" + second[1:] + b"\n" + rest,
        "a blank": content.replace(b",", b", ", 1),
        "a plus sign": first + b"\n+" + second + b"\n" + rest,
        "a doubled minus sign": first + b"\n--1" + b"".join(second.partition(b",")[1:]) + b"\n" + rest,
        "a lonely minus sign": first + b"\n-" + b"".join(second.partition(b",")[1:]) + b"\n" + rest,
        "an underscore": first + b"\n1_0" + b"".join(second.partition(b",")[1:]) + b"\n" + rest,
        "an empty cell": first + b"\n" + b"".join(second.partition(b",")[1:]) + b"\n" + rest,
        "a cell too many": first + b"\n" + second + b",0\n" + rest,
        "a cell too few": first + b"\n" + second.rpartition(b",")[0] + b"\n" + rest,
        "carriage returns": content.replace(b"\n", b"\r\n"),
        "a denominator 0": b"0" + first[1:] + b"\n" + second + b"\n" + rest,
        "a denominator -1": b"-" + content,
        "letters": content + b"x\n",
        "a byte beyond ASCII": content + b"\xff\n",
        "a number of 4,001 digits": first + b"\n" + b"7" * 4001 + b"".join(second.partition(b",")[1:]) + b"\n" + rest,
    }.items():
        yield edited(f"the data file has {change}", new)

    for change, there in {
        "the data file changed": {name: content.replace(b"-1", b"-2", 1)},
        "the data file lacks its last sample": {name: content[:-2]},
        "there is no data file": {"other": b""},
    }.items():
        draft = subject.draft()
        draft.files = there
        yield draft.case(change, MALFORMED)

    def described(change: str, **data: Any) -> Case:
        draft = subject.draft()
        draft.instance["data"].update(data)
        return draft.case(change, MALFORMED)

    for wrong in (
        "",
        ".",
        "..",
        ".hidden",
        f"../{name}",
        f"./{name}",
        f"/{name}",
        f"{name}/",
        f"{name}\0",
        f"{name}\n",
        "absent",
    ):
        yield described(f"the data file is called {wrong!r}", file=wrong)
    for wrong in (
        "0" * 64,
        "",
        "sha256:" + hashlib.sha256(content).hexdigest(),
        hashlib.sha256(content).hexdigest().upper(),
    ):
        yield described(f"its hash is {wrong[:12]!r}", sha256=wrong)
    for outputs in (0, 1, 3, -1, 10**17):
        yield described(f"{outputs} outputs", outputs=outputs)


def harmless(subject: Subject) -> Iterator[Case]:
    """Changes that leave a true and supported claim: these must still be proved."""
    draft = subject.draft()
    draft.instance["provenance"] = "an \u00e9 and a \ud800, <script>, and \\u0000 \0"
    yield draft.case("another provenance", PROVED)
    draft = subject.draft()
    draft.certificate["precision"] = 140
    yield draft.case("another precision", PROVED)
    draft = subject.draft()
    draft.certificate = {key: draft.certificate[key] for key in sorted(draft.certificate)}
    draft.instance = {key: draft.instance[key] for key in sorted(draft.instance, reverse=True)}
    yield draft.case("another order of the fields", PROVED)
    if subject.inline:
        draft = subject.draft()
        if draft.claim["kind"] != "obstruction":
            draft.instance["data"]["features"] = [f"f{j}\u03c3" for j in range(len(draft.instance["data"]["features"]))]
            yield draft.case("other names of the features", PROVED)
