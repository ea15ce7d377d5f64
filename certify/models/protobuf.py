"""Protocol buffers, as far as ONNX needs them: the fields of one message, by number.

https://protobuf.dev/programming-guides/encoding. No schema and no recursion: a message inside a message is bytes until
somebody asks for its fields, so the depth is that of the reader's own code.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterator, Mapping

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MOST_VARINT = 10
_MOST_FIELDS = 100_000
_MOST_INTEGERS = 1_000_000


class Malformed(Exception):
    """Bytes that are no message, or a field of another kind than the reader expects."""


class Message:
    """One message.

    Every method raises Malformed when the field is of another kind.
    """

    def __init__(self, content: bytes) -> None:
        fields: defaultdict[int, list[int | bytes]] = defaultdict(list)
        place = count = 0
        while place < len(content):
            count += 1
            if count > _MOST_FIELDS:
                raise Malformed(f"a message has more than {_MOST_FIELDS:,} fields")
            tag, place = _varint(content, place)
            number, kind = tag >> 3, tag & 7
            if not number:
                raise Malformed("a field has number 0")
            value: int | bytes
            if kind == _VARINT:
                value, place = _varint(content, place)
            else:
                length, place = _length(content, place, kind)
                value = content[place : place + length]
                place += length
                if place > len(content):
                    raise Malformed("a field reaches beyond its message")
            fields[number].append(value)
        self._fields: Mapping[int, list[int | bytes]] = fields

    def has(self, number: int) -> bool:
        """Whether the field occurs."""
        return number in self._fields

    def integer(self, number: int, default: int = 0) -> int:
        """A signed integer of 64 bits, or an enumeration."""
        values = self._fields.get(number, [])
        if len(values) > 1 or any(isinstance(value, bytes) for value in values):
            raise Malformed(f"field {number} is not one integer")
        return _signed(values[0]) if values and isinstance(values[0], int) else default

    def content(self, number: int, default: bytes = b"") -> bytes:
        """Bytes."""
        values = self.contents(number)
        if len(values) > 1:
            raise Malformed(f"field {number} occurs {len(values)} times; expected once")
        return values[0] if values else default

    def text(self, number: int) -> str:
        """A string; empty if the field does not occur."""
        return _text(self.content(number))

    def texts(self, number: int) -> list[str]:
        """The strings of a repeated field."""
        return [_text(value) for value in self.contents(number)]

    def messages(self, number: int) -> Iterator[Message]:
        """The messages of a repeated field."""
        return (Message(value) for value in self.contents(number))

    def contents(self, number: int) -> list[bytes]:
        """The bytes of a repeated field."""
        values = self._fields.get(number, [])
        found = [value for value in values if isinstance(value, bytes)]
        if len(found) != len(values):
            raise Malformed(f"field {number} holds an integer")
        return found

    def integers(self, number: int) -> list[int]:
        """The integers of a repeated field, packed or not."""
        numbers = []
        for value in self._fields.get(number, []):
            if isinstance(value, int):
                numbers.append(_signed(value))
                continue
            place = 0
            while place < len(value):
                packed, place = _varint(value, place)
                numbers.append(_signed(packed))
                if len(numbers) > _MOST_INTEGERS:
                    raise Malformed(f"field {number} has more than {_MOST_INTEGERS:,} integers")
        return numbers

    def single(self, number: int) -> float:
        """A float32."""
        content = self.content(number, b"\0\0\0\0")
        if len(content) != 4:
            raise Malformed(f"field {number} is not a float")
        value: float = struct.unpack("<f", content)[0]
        return value


def _varint(content: bytes, place: int) -> tuple[int, int]:
    value = 0
    for k in range(_MOST_VARINT):
        if place + k >= len(content):
            raise Malformed("an integer is cut off")
        byte = content[place + k]
        value |= (byte & 0x7F) << (7 * k)
        if byte < 0x80:
            return value & (2**64 - 1), place + k + 1
    raise Malformed("an integer has more than 64 bits")


def _length(content: bytes, place: int, kind: int) -> tuple[int, int]:
    if kind == _BYTES:
        return _varint(content, place)
    if kind not in (_FIXED32, _FIXED64):
        raise Malformed(f"a field is of the unknown kind {kind}")
    return (4 if kind == _FIXED32 else 8), place


def _signed(value: int) -> int:
    return value - 2**64 if value >= 2**63 else value


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise Malformed("a name is not UTF-8") from None
