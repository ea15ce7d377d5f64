"""Text that is no document: hostile, broken or disguised JSON."""

from __future__ import annotations

from collections.abc import Iterator

from tests.corpus.corpus import MALFORMED, PROVED, Case, Texts
from tests.corpus.subject import Subject


def raw(subject: Subject) -> Iterator[Case]:
    texts = subject.good.texts
    for which in ("instance", "certificate"):
        text = texts.instance if which == "instance" else texts.certificate
        for change, new in hostile(text).items():
            changed = (new, texts.certificate) if which == "instance" else (texts.instance, new)
            yield Case(subject.name, f"{which}: {change}", Texts(*changed, texts.files), MALFORMED)
        blank = text.replace(b", ", b"\t,\r\n ")
        changed = (blank, texts.certificate) if which == "instance" else (texts.instance, blank)
        yield Case(subject.name, f"{which}: another layout", Texts(*changed, texts.files), PROVED, "layout is free")


def hostile(text: bytes) -> dict[str, bytes]:
    """Variants of a document that is an object with a field `format`."""
    inner = text[1:]
    nested = 100_000
    return {
        "empty": b"",
        "a blank": b" ",
        "null": b"null",
        "true": b"true",
        "a number": b"1",
        "a string": b'"certify-certificate/1"',
        "a list": b"[" + text + b"]",
        "an empty list": b"[]",
        "an empty object": b"{}",
        "first half": text[: len(text) // 2],
        "last character missing": text[:-1],
        "first character missing": text[1:],
        "text after it": text + b"x",
        "a zero byte after it": text + b"\0",
        "a second document after it": text + text,
        "a second document on its own line": text + b"\n" + text,
        "byte order mark": b"\xef\xbb\xbf" + text,
        "UTF-16": text.decode().encode("utf-16"),
        "UTF-32": text.decode().encode("utf-32-le"),
        "invalid UTF-8": b'{"\xff": 1, ' + inner,
        "a half character": b'{"\xc3": 1, ' + inner,
        "an encoded surrogate": b'{"\xed\xa0\x80": 1, ' + inner,
        "an overlong character": b'{"\xc0\xaf": 1, ' + inner,
        "a zero byte in a name": b'{"a\0b": 1, ' + inner,
        "a line end in a name": b'{"a\nb": 1, ' + inner,
        "an unknown escape": b'{"\\x41": 1, ' + inner,
        "single quotes": text.replace(b'"', b"'"),
        "a comment": b"{/* trusted */ " + inner,
        "a comment line": b"// trusted\n" + text,
        "a comma too many": text[:-1] + b",}",
        "a comma missing": text.replace(b", ", b" ", 1),
        "a colon missing": text.replace(b": ", b" ", 1),
        "a name without quotes": b"{format: 1, " + inner,
        "a name twice, once escaped": b'{"\\u0066ormat": "x", ' + inner,
        "a name twice, the good one first": text[:-1] + b', "format": "x"}',
        "a name with a blank": text.replace(b'"format"', b'"format "', 1),
        "NaN": b'{"x": NaN, ' + inner,
        "Infinity": b'{"x": Infinity, ' + inner,
        "-Infinity": b'{"x": -Infinity, ' + inner,
        "a huge exponent": b'{"x": 1e' + b"9" * 400 + b", " + inner,
        "a long integer": b'{"x": ' + b"7" * 100_000 + b", " + inner,
        "a long decimal": b'{"x": 0.' + b"3" * 100_000 + b", " + inner,
        "a leading zero": b'{"x": 01, ' + inner,
        "a leading plus": b'{"x": +1, ' + inner,
        "a hexadecimal number": b'{"x": 0x1, ' + inner,
        "True": b'{"x": True, ' + inner,
        "undefined": b'{"x": undefined, ' + inner,
        "deep lists": b'{"x": ' + b"[" * nested + b"]" * nested + b", " + inner,
        "deep objects": b'{"x": ' + b'{"x": ' * nested + b"1" + b"}" * nested + b", " + inner,
        "deep and never closed": b"[" * nested,
        "a long name": b'{"' + b"x" * 1_000_000 + b'": 1, ' + inner,
        "a long list": b'{"x": [' + b"0, " * 300_000 + b"0], " + inner,
        "__proto__": b'{"__proto__": {}, ' + inner,
    }
