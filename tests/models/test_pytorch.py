"""The reader of PyTorch's files: it executes nothing, and its work is bounded, whatever the pickle says."""

from __future__ import annotations

import os
import pickle
import random
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest

from certify.errors import UsageError
from certify.models.inert_pickle import MOST_BYTES, Items, Refused, Sequence, read_pickle
from certify.models.network import read_network
from tests.models.files import WEIGHTS, archive, call, named, pickled, pytorch, stored, tensor

HARMFUL = {
    "os.system": call(named("os", "system"), "touch harmed"),
    "builtins.eval": call(named("builtins", "eval"), "open('harmed', 'w')"),
    "builtins.getattr": call(named("builtins", "getattr"), "", "join"),
    "dotted torch name": call(named("torch", "FloatStorage.__init__"), "x"),
    "torch.load": call(named("torch", "load"), "x"),
    "_rebuild_tensor": call(named("torch._utils", "_rebuild_tensor"), "x"),
    "numpy": call(named("numpy.core.multiarray", "_reconstruct"), "x"),
}


@pytest.mark.parametrize("name", HARMFUL)
def test_nothing_is_executed(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for value in (HARMFUL[name], OrderedDict([("0.weight", HARMFUL[name])])):
        with pytest.raises(UsageError, match="which was not loaded"):
            read_network(archive(tmp_path / "m.pt", pickled(value), {}))
    assert os.listdir(tmp_path) == ["m.pt"]  # noqa: PTH208


STATES: dict[str, tuple[Any, str]] = {
    "a list": ([1, 2], "expected a state dict"),
    "numbers as names": ({1: tensor("0", (1,), (1,))}, "expected a state dict"),
    "a number among the tensors": ({"epoch": 3}, "is not a tensor"),
    "a missing storage": ({"a": tensor("9", (1,), (1,))}, "missing"),
    "beyond the storage": ({"a": tensor("0", (3,), (1,))}, "beyond"),
    "an offset beyond the storage": ({"a": tensor("0", (1,), (1,), 2)}, "beyond"),
    "a negative offset": ({"a": tensor("0", (1,), (1,), -1)}, "malformed"),
    "a stride too few": ({"a": tensor("0", (1, 1), (1,))}, "malformed"),
    "a tensor without end in a small storage": ({"a": tensor("0", (2**40, 2**40), (0, 0))}, "at most 1,000,000"),
    "an unknown storage": ({"a": tensor("0", (1,), (1,), 0, "LongStorage")}, "'a' holds 'torch.LongStorage'"),
    "no storage": ({"a": call(named("torch._utils", "_rebuild_tensor_v2"), 1, 0, (1,), (1,))}, "malformed"),
    "too few arguments": ({"a": call(named("torch._utils", "_rebuild_tensor_v2"), 1)}, "malformed"),
    "a shape that is a list": ({"a": tensor("0", [1], (1,))}, "malformed"),
    "a shape of strings": ({"a": tensor("0", ("1",), (1,))}, "malformed"),
    "a shape of truths": ({"a": tensor("0", (True,), (1,))}, "malformed"),
    "a shape of nine dimensions": ({"a": tensor("0", (1,) * 9, (1,) * 9)}, "malformed shape"),
    "an offset that is a tuple": ({"a": tensor("0", (1,), (1,), (0,))}, "malformed"),
    "a stride of 2^62": ({"a": tensor("0", (2,), (2**62,))}, "beyond"),
    "no numbers": ({"a": tensor("0", (0, 2**62), (1, 1))}, "has no numbers"),
    "a single number": ({"a": tensor("0", (), ())}, "is a single number"),
    "one number for all": ({"a": tensor("0", (2, 2), (0, 0))}, "'a' and 'a' share numbers"),
    "overlapping rows": ({"a": tensor("0", (2, 2), (0, 1))}, "share numbers"),
    "tied weights": ({"a": tensor("0", (2,), (1,)), "b": tensor("0", (1,), (1,), 1)}, "'a' and 'b' share numbers"),
    "numbers of two types": (
        {"a": tensor("0", (1,), (1,)), "b": tensor("0", (1,), (1,), 1, "FloatStorage")}, "takes F64 numbers for F32",
    ),
    "a storage of half a number": ({"a": tensor("1", (1,), (1,))}, "needs 8 bytes, found 12"),
    "a storage that is no tuple": (
        {"a": call(named("torch._utils", "_rebuild_tensor_v2"), stored(1), 0, (1,), (1,))}, "malformed",
    ),
    "a parameter of nothing": ({"a": call(named("torch._utils", "_rebuild_parameter"))}, "was not loaded"),
    "a parameter of a parameter": (
        {"a": call(named("torch._utils", "_rebuild_parameter"), call(named("torch._utils", "_rebuild_parameter"), 1))},
        "was not loaded",
    ),
    "two state dicts": ({"state_dict": {}, "model_state_dict": {}}, "two state dicts"),
    "a state dict that is a list": ({"state_dict": [1]}, "expected a state dict"),
    "nothing": ({}, "holds no tensor"),
}  # fmt: skip


@pytest.mark.parametrize("name", STATES)
def test_malformed_state_dicts(tmp_path: Path, name: str) -> None:
    state, message = STATES[name]
    with pytest.raises(UsageError, match=message):
        read_network(archive(tmp_path / "m.pt", pickled(state), {"0": b"\0" * 16, "1": b"\0" * 12}))


def test_other_archives(tmp_path: Path) -> None:
    path = tmp_path / "m.pt"
    with pytest.raises(UsageError, match="little-endian"):
        read_network(archive(path, pickled({}), {}, byteorder=b"big"))
    with pytest.raises(UsageError, match="damaged"):
        read_network(archive(path, b"\x80\x02}q\x00.garbage"[:3], {}))
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("model/version", b"3")
    with pytest.raises(UsageError, match=r"data\.pkl"):
        read_network(path)
    path.write_bytes(pickled({}))  # what torch.save wrote before 2020
    with pytest.raises(UsageError, match="not a zip archive"):
        read_network(path)


# Programs for the stack machine, opcode by opcode. "l", "d", "t" are empty lists, dicts, tuples; "(" is a mark.
SHARED = b")q\0" + b"".join(b"h%c" % k * 2 + b"\x86q%c" % (k + 1) for k in range(250))
DEEP = 200_000
PROGRAMS: dict[str, tuple[bytes, str]] = {
    "a key that is a tuple of shared tuples": (SHARED + b"0}h\xfaNs.", "the opcode POP,"),
    "an opcode that imports": (b"\x80\x04\x8c\x02os\x8c\x06system\x93.", "SHORT_BINUNICODE"),
    "an instance": (b"(ios\nsystem\n.", "INST"),
    "an extension": (b"\x82\x01.", "EXT1"),
    "a new object": (b"c__main__\nNet\n)\x81.", r"a whole object \(__main__\.Net\)"),
    "a new object of no class": (b"))\x81.", "a whole object"),
    "a long integer": (b"\x8b\xff\xff\xff\x7f.", "LONG4"),
    "a long integer that is there": (b"\x8b\xff\xff\x00\x00" + b"\x7f" * 0xFFFF + b".", "LONG4"),
    "an integer of 200 bytes": (b"\x8a\xc8" + b"\x7f" * 200 + b".", "more than 64 bits"),
    "an integer in text": (b"I" + b"9" * 100_000 + b"\n.", "INT"),
    "a string longer than the file": (b"X\xff\xff\xff\xff.", "damaged"),
    "a string that is not UTF-8": (b"X\x01\x00\x00\x00\xff.", "damaged"),
    "an empty stack": (b"\x85.", "damaged"),
    "a call of nothing": (b"R.", "damaged"),
    "a call of a string": (b"X\x01\x00\x00\x00a)R.", "no function"),
    "a call with a list": (b"cos\nsystem\n]R.", "no function"),
    "attributes of a call": (b"cos\nsystem\n)R}b.", "attributes"),
    "attributes of a list": (b"]}b.", "attributes"),
    "items of a list": (b"]NNs.", "no dict"),
    "half an item": (b"}(Nu.", "no dict"),
    "members of a dict": (b"}Na.", "no list"),
    "an end to no mark": (b"]e.", "damaged"),
    "a mark that is not closed": (b"](.", "one object"),
    "two objects": (b"NN.", "one object"),
    "nothing": (b".", "one object"),
    "no end": (b"N", "damaged"),
    "an object never remembered": (b"h\x05.", "damaged"),
    "a memo with a hole": (b"Nr\xff\xff\xff\x7f.", "number 2147483647"),
    "a memo written twice": (b"Nq\x00q\x00.", "remembered as number 1"),
    "an unknown opcode": (b"\xff.", "opcode"),
    "too long": (b"N" * (MOST_BYTES + 1), "at most"),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_hostile_programs(tmp_path: Path, name: str) -> None:
    program, message = PROGRAMS[name]
    with pytest.raises(Refused, match=message):
        read_pickle(program)
    with pytest.raises(UsageError, match=r"torch\.save\(model\.state_dict\(\), FILE\)"):
        read_network(archive(tmp_path / "m.pt", program, {}))


def test_nothing_is_hashed_compared_or_walked_through(tmp_path: Path) -> None:
    """With the standard unpickler the first program would run for 2^250 steps: it hashes a tuple of shared tuples."""
    key = b"}(" + SHARED + b"h\xfah\xfaNu."
    pairs = read_items(key).pairs
    assert len(pairs) == 127
    assert pairs[-1][1] is None
    laughs = b"](" + b"]q\x00" + b"".join(b"](h%c" % k + b"h%c" % k * 9 + b"eq%c" % (k + 1) for k in range(200)) + b"e."
    assert isinstance(read_pickle(laughs), Sequence)
    itself = read_pickle(b"]q\x00h\x00a.")
    assert isinstance(itself, Sequence)
    assert itself.members == [itself]
    nested = read_pickle(b")" + b"\x85" * DEEP + b".")
    assert isinstance(nested, tuple)
    del nested
    for program in (key, laughs, b"}q\x00X\x01\x00\x00\x00ah\x00s.", b")" + b"\x85" * DEEP + b"."):
        with pytest.raises(UsageError, match=r"expected a state dict|is not a tensor"):
            read_network(archive(tmp_path / "m.pt", program, {}))


def read_items(program: bytes) -> Items:
    value = read_pickle(program)
    assert isinstance(value, Items)
    return value


def test_plain_values_are_what_the_standard_unpickler_makes_of_them() -> None:
    for value in (
        0,
        1,
        255,
        65535,
        65536,
        -1,
        2**31,
        -(2**62),
        0.5,
        "a\n\u0159\U0001f600",
        True,
        False,
        None,
        (),
        (1, (2,)),
    ):
        assert read_pickle(pickle.dumps(value, 2)) == value
    assert read_items(pickle.dumps(OrderedDict(a=1, b=(2, 3)), 2)).pairs == [("a", 1), ("b", (2, 3))]
    assert read_items(pickle.dumps({1: "x"}, 2)).pairs == [(1, "x")]
    listed = read_pickle(pickle.dumps(["x", 1.5], 2))
    assert isinstance(listed, Sequence)
    assert listed.members == ["x", 1.5]


def test_a_name_that_occurs_twice(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'a' occurs twice"):
        read_network(archive(tmp_path / "m.pt", b"}(X\x01\x00\x00\x00aNX\x01\x00\x00\x00aNu.", {}))


def test_one_large_storage_seen_by_many_tensors(tmp_path: Path) -> None:
    """All views together are counted before any is read."""
    state = {str(k): tensor("0", (1000, 999), (999, 1), 0, "HalfStorage") for k in range(100)}
    with pytest.raises(UsageError, match="the tensors hold 99,900,000 numbers"):
        read_network(archive(tmp_path / "m.pt", pickled(state), {"0": b"\0" * 1_998_000}))
    few = {str(k): tensor(str(k), (1,), (1,), 0, "HalfStorage") for k in range(20)}
    with pytest.raises(UsageError, match="the tensors hold"):
        read_network(archive(tmp_path / "m.pt", pickled(few), {str(k): b"\0" * 200_000 for k in range(20)}))


def test_a_checkpoint_is_read_for_its_state_dict(tmp_path: Path) -> None:
    alone = read_network(pytorch(tmp_path / "a.pt", WEIGHTS))
    with zipfile.ZipFile(tmp_path / "a.pt") as source:
        storages = {n.split("/")[-1]: source.read(n) for n in source.namelist() if "/data/" in n}
    state = OrderedDict(
        (name, tensor(str(k), array.shape, (array.shape[-1], 1)[2 - array.ndim :], 0, "FloatStorage"))
        for k, (name, array) in enumerate(WEIGHTS.items())
    )
    for key in ("state_dict", "model_state_dict"):
        checkpoint = {"epoch": 3, key: state, "optimizer": {"state": {0: {"step": 1.0}}, "param_groups": [{"lr": 0.1}]}}
        assert read_network(archive(tmp_path / "m.pt", pickled(checkpoint), storages)).layers == alone.layers


def test_spoiled_files_are_refused_or_read_but_nothing_else_happens(tmp_path: Path) -> None:
    """Seeded mutations, of the whole file and of the pickle inside an archive that is otherwise right."""
    good = pytorch(tmp_path / "good.pt", WEIGHTS, "F64").read_bytes()
    with zipfile.ZipFile(tmp_path / "good.pt") as source:
        program = source.read("model/data.pkl")
        storages = {n.split("/")[-1]: source.read(n) for n in source.namelist() if "/data/" in n}
    generator = random.Random(1)
    path = tmp_path / "m.pt"
    outcomes = {True: 0, False: 0}
    for attempt in range(3000):
        if attempt % 3:
            archive(path, spoiled(program, generator), storages)
        else:
            path.write_bytes(spoiled(good, generator))
        try:
            read_network(path)
            outcomes[True] += 1
        except UsageError:
            outcomes[False] += 1
    assert outcomes[True] > 30  # a weight or an unused field was changed
    assert outcomes[False] > 2000


def spoiled(content: bytes, generator: random.Random) -> bytes:
    """The content with one to three bytes changed, or a piece taken out, doubled or moved."""
    changed = bytearray(content)
    for _ in range(generator.randint(1, 3)):
        start, length = generator.randrange(len(changed)), generator.randint(1, 20)
        kind = generator.randrange(5)
        if kind < 2:
            changed[start] = generator.randrange(256)
        elif kind == 2:
            del changed[start : start + length]
        else:
            place = start if kind == 3 else generator.randrange(len(changed))
            changed[place:place] = changed[start : start + length]
        changed = changed or bytearray(b"N")
    return bytes(changed)
