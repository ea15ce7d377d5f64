"""Pickles of strangers, read as inert data.

A pickle is a program for a stack machine. This machine knows the few opcodes that PyTorch writes, and executes nothing:
a function that the program names is a name, its call is a record, a dict is the list of its items. No object is hashed,
compared, copied or walked through, so a program cannot make the reader work more than a small multiple of its length.
"""

from __future__ import annotations

import pickle  # for the names of opcodes only: nothing is unpickled
import pickletools
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

MOST_BYTES = 2**22
_MOST_INTEGER = 2**63


class Refused(Exception):
    """The program is malformed, too long, or uses an opcode that state dicts do not need."""


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """A function or a class that the program names."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A call that the program asks for, which nobody makes."""

    function: Name
    arguments: tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """A reference to something outside the pickle: for PyTorch, to the numbers of a tensor."""

    identity: object


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """The items of a dict in the order in which the program sets them; a key may occur twice."""

    pairs: list[tuple[object, object]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """A list."""

    members: list[object] = field(default_factory=list)


def read_pickle(content: bytes) -> object:
    """What the program leaves on its stack: str, int, float, bool, None, tuples, and the classes of this module.

    Objects can be shared, and can contain themselves: whoever walks through them must bound the walk.

    Raises:
        Refused: see there; the message says where.
    """
    if len(content) > MOST_BYTES:
        raise Refused(f"the pickle has {len(content):,} bytes; at most {MOST_BYTES:,} are read")
    program, machine = _Program(content), _Machine()
    try:
        while (opcode := program.take(1)) != pickle.STOP:
            if opcode not in _STEPS:
                raise Refused(f"the pickle uses the opcode {_NAMES.get(opcode, opcode)}, which state dicts do not need")
            read, step = _STEPS[opcode]
            step(machine, read(program))
        return machine.result()
    except Refused as error:
        raise Refused(f"{error} (byte {program.place} of the pickle)") from None
    except (ValueError, IndexError) as error:
        raise Refused(f"the pickle is damaged: {error} (byte {program.place})") from None


class _Program:
    """The bytes of a pickle, taken one argument at a time."""

    def __init__(self, content: bytes) -> None:
        self.content, self.place = content, 0

    def take(self, count: int) -> bytes:
        start, self.place = self.place, self.place + count
        if self.place > len(self.content):
            raise ValueError("it ends too early")
        return self.content[start : self.place]

    def nothing(self) -> None:
        pass

    def integer(self, size: int, signed: bool = False) -> int:
        return int.from_bytes(self.take(size), "little", signed=signed)

    def long(self) -> int:
        return self.integer(self.integer(1), signed=True)

    def double(self) -> float:
        value: float = struct.unpack(">d", self.take(8))[0]
        return value

    def text(self) -> str:
        return self.take(self.integer(4)).decode("utf-8", "surrogatepass")

    def line(self) -> str:
        end = self.content.index(b"\n", self.place)
        line = self.take(end - self.place)
        self.place += 1
        return line.decode("ascii")

    def name(self) -> Name:
        return Name(self.line(), self.line())


class _Machine:
    """The stack since the last mark, the stacks below earlier marks, and the memo, which is filled in order."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.below: list[list[Any]] = []
        self.memo: list[Any] = []

    def result(self) -> object:
        if self.below or len(self.stack) != 1:
            raise Refused("the pickle does not end with one object")
        return self.stack[0]

    def push(self, value: object) -> None:
        self.stack.append(value)

    def mark(self, _: object) -> None:
        self.below.append(self.stack)
        self.stack = []

    def since_mark(self) -> list[Any]:
        members = self.stack
        self.stack = self.below.pop()
        return members

    def put(self, place: int) -> None:
        if place != len(self.memo):
            raise Refused(f"the object of number {place} is remembered as number {len(self.memo)}")
        self.memo.append(self.stack[-1])

    def get(self, place: int) -> None:
        self.push(self.memo[place])

    def integer(self, value: int) -> None:
        if not -_MOST_INTEGER <= value < _MOST_INTEGER:
            raise Refused("an integer of more than 64 bits")
        self.push(value)

    def call(self, _: object) -> None:
        arguments, function = self.stack.pop(), self.stack.pop()
        if not isinstance(arguments, tuple) or not isinstance(function, Name):
            raise Refused("a call of something that is no function")
        is_dict = (function.module, function.name) == ("collections", "OrderedDict") and not arguments
        self.push(Items() if is_dict else Call(function, arguments))

    def new(self, _: object) -> None:
        _, kind = self.stack.pop(), self.stack.pop()
        seen = f"{kind}"[:60] if isinstance(kind, Name) else "something"
        raise Refused(f"the pickle holds a whole object ({seen}), not only numbers")

    def build(self, _: object) -> None:
        """The attributes of an OrderedDict, such as the versions that PyTorch keeps there, are not data."""
        self.stack.pop()
        if not isinstance(self.stack[-1], Items):
            raise Refused("attributes of something that is no dict")

    def append(self, members: list[Any]) -> None:
        target = self.stack[-1]
        if not isinstance(target, Sequence):
            raise Refused("members of something that is no list")
        target.members.extend(members)

    def set_items(self, members: list[Any]) -> None:
        target = self.stack[-1]
        if not isinstance(target, Items) or len(members) % 2:
            raise Refused("items of something that is no dict")
        target.pairs.extend(zip(members[::2], members[1::2], strict=True))

    def last(self, count: int) -> list[Any]:
        return [self.stack.pop() for _ in range(count)][::-1]


_Read = Callable[[_Program], Any]
_Step = Callable[[_Machine, Any], None]


def _constant(value: object) -> tuple[_Read, _Step]:
    return _Program.nothing, lambda machine, _: machine.push(value)


def _plain(step: _Step) -> tuple[_Read, _Step]:
    return _Program.nothing, step


_STEPS: dict[bytes, tuple[_Read, _Step]] = {
    pickle.PROTO: (lambda program: program.integer(1), lambda machine, _: None),
    pickle.MARK: _plain(_Machine.mark),
    pickle.NONE: _constant(None),
    pickle.NEWTRUE: _constant(True),
    pickle.NEWFALSE: _constant(False),
    pickle.EMPTY_TUPLE: _constant(()),
    pickle.BININT: (lambda program: program.integer(4, signed=True), _Machine.integer),
    pickle.BININT1: (lambda program: program.integer(1), _Machine.integer),
    pickle.BININT2: (lambda program: program.integer(2), _Machine.integer),
    pickle.LONG1: (_Program.long, _Machine.integer),
    pickle.BINFLOAT: (_Program.double, _Machine.push),
    pickle.BINUNICODE: (_Program.text, _Machine.push),
    pickle.GLOBAL: (_Program.name, _Machine.push),
    pickle.TUPLE1: _plain(lambda machine, _: machine.push(tuple(machine.last(1)))),
    pickle.TUPLE2: _plain(lambda machine, _: machine.push(tuple(machine.last(2)))),
    pickle.TUPLE3: _plain(lambda machine, _: machine.push(tuple(machine.last(3)))),
    pickle.TUPLE: _plain(lambda machine, _: machine.push(tuple(machine.since_mark()))),
    pickle.EMPTY_LIST: _plain(lambda machine, _: machine.push(Sequence())),
    pickle.APPEND: _plain(lambda machine, _: machine.append(machine.last(1))),
    pickle.APPENDS: _plain(lambda machine, _: machine.append(machine.since_mark())),
    pickle.EMPTY_DICT: _plain(lambda machine, _: machine.push(Items())),
    pickle.SETITEM: _plain(lambda machine, _: machine.set_items(machine.last(2))),
    pickle.SETITEMS: _plain(lambda machine, _: machine.set_items(machine.since_mark())),
    pickle.BINPUT: (lambda program: program.integer(1), _Machine.put),
    pickle.LONG_BINPUT: (lambda program: program.integer(4), _Machine.put),
    pickle.BINGET: (lambda program: program.integer(1), _Machine.get),
    pickle.LONG_BINGET: (lambda program: program.integer(4), _Machine.get),
    pickle.BINPERSID: _plain(lambda machine, _: machine.push(Stored(machine.stack.pop()))),
    pickle.REDUCE: _plain(_Machine.call),
    pickle.NEWOBJ: _plain(_Machine.new),
    pickle.BUILD: _plain(_Machine.build),
}
"""How the argument of each opcode is read, and what it does; there are no other opcodes."""

_NAMES = {opcode.code.encode("latin-1"): opcode.name for opcode in pickletools.opcodes}
