"""JSON as a sceptic reads it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flint import fmpq

import proofs.document
from proofs.document import Reader, TooLarge, digest, parse_json
from proofs.exact import Malformed


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"   ",
        b"{",
        b"{}{}",
        b"{} x",
        b"[1,]",
        b'{"a": 1,}',
        b"{'a': 1}",
        b'{"a" 1}',
        b'{"a": 1.0}',
        b'{"a": 1e3}',
        b'{"a": 1E+3}',
        b'{"a": -0.0}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 01}',
        b'{"a": +1}',
        b'{"a": 0x10}',
        b'{"a": 1, "a": 1}',
        b'{"a": 1, "\\u0061": 2}',
        b'{"b": [{"a": 1, "c": 2, "a": 3}]}',
        b'{"a": 1234567890123456789}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": 1' + b"0" * 400 + b".0}",
        b'{"a": "\xff"}',
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a": "line\nbreak"}',
        b"// comment\n{}",
        b"nul",
    ],
    ids=lambda t: repr(t)[:30],
)
def test_what_is_not_strict_json_is_refused(text: bytes) -> None:
    with pytest.raises(Malformed, match=r"^file\.json: ") as caught:
        parse_json(text, "file.json")
    assert len(str(caught.value)) < 250


def test_integers_of_moderate_size_and_nesting_are_read() -> None:
    assert parse_json(b'{"a": [999999999999999999, -1, [[[[]]]]], "b": null}', "") == {
        "a": [999999999999999999, -1, [[[[]]]]],
        "b": None,
    }


def test_a_text_over_the_limit_is_refused_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs.document, "MAX_BYTES", 10)
    assert parse_json(b'"12345678"', "") == "12345678"
    with pytest.raises(TooLarge, match="11 bytes"):
        parse_json(b"not parsed!", "")


def test_a_digest_does_not_depend_on_the_layout_and_on_nothing_less() -> None:
    document = {"b": [1, "é", None, True], "a": {"y": "1", "x": "2"}}
    again = json.loads(json.dumps(document, indent=4, ensure_ascii=False))
    reordered = {"a": {"x": "2", "y": "1"}, "b": [1, "é", None, True]}
    assert digest(document) == digest(again) == digest(reordered)
    assert digest(document).startswith("sha256:")
    assert len(digest(document)) == 7 + 64
    others = [{"a": "1"}, {"a": 1}, {"a": True}, {"a": None}, {"a": ["1"]}, {"a": "1 "}, {"A": "1"}, {}, [], ""]
    assert len({digest(other) for other in others}) == len(others)
    assert digest({"a": "\ud800"}) != digest({"a": "\\ud800"})


def _reader(**fields: Any) -> Reader:
    return Reader(fields, "top")


READS: list[tuple[str, Any, Any]] = [
    ("text", "x", "x"),
    ("texts", ["x", ""], ("x", "")),
    ("boolean", True, True),
    ("integer", -3, -3),
    ("integers", [1, 2], (1, 2)),
    ("rational", "1/2", fmpq(1, 2)),
    ("rationals", ["1/2", "-3"], (fmpq(1, 2), fmpq(-3))),
    ("matrix", [["1"], []], ((fmpq(1),), ())),
    ("items", [1, "a"], [1, "a"]),
]


@pytest.mark.parametrize(("method", "value", "expected"), READS)
def test_a_field_is_read(method: str, value: Any, expected: Any) -> None:
    reader = _reader(a=value)
    assert getattr(reader, method)("a") == expected
    reader.finish()


WRONG: dict[str, list[Any]] = {
    "text": [1, None, ["x"], True, {}],
    "texts": ["x", [1], None, {}],
    "boolean": [1, 0, "true", None],
    "integer": ["1", True, False, None, [1]],
    "integers": [1, ["1"], [True], {"0": 1}],
    "rational": [1, "2/4", None, True, ["1"]],
    "rationals": ["1", [1], ["1", None], {}],
    "matrix": [["1"], [[1]], "1", [None]],
    "items": ["abc", {}, None],
    "levels": ["1", ["log(0)"], [1]],
    "section": [[], "x", None],
}


@pytest.mark.parametrize(("method", "value"), [(m, v) for m, values in WRONG.items() for v in values])
def test_a_field_of_another_kind_is_refused_with_its_place(method: str, value: Any) -> None:
    with pytest.raises(Malformed, match=r"^top\.a"):
        getattr(_reader(a=value), method)("a")


def test_sections_are_numbered() -> None:
    sections = list(_reader(a=[{}, {"b": 1}]).sections("a"))
    assert [s.where for s in sections] == ["top.a[0]", "top.a[1]"]
    with pytest.raises(Malformed, match=r"^top\.a\[1\]: expected an object"):
        list(_reader(a=[{}, 2]).sections("a"))
    with pytest.raises(Malformed, match=r"^top\.a\[1\]: unknown field 'b'"):
        sections[1].finish()


def test_a_missing_field_is_named() -> None:
    with pytest.raises(Malformed, match="top: the field 'b' is missing"):
        _reader(a=1).take("b")


def test_a_field_nobody_asked_for_is_refused() -> None:
    reader = _reader(a=1, b=2)
    reader.take("a")
    assert reader.has("b")
    with pytest.raises(Malformed, match="unknown field 'b'"):
        reader.finish()
    reader.take("b")
    reader.finish()
