"""Run one target under libFuzzer: `python -m tests.fuzz certificate -max_total_time=300`."""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["proofs", "certify"]):
    from tests.fuzz.mutate import mutate
    from tests.fuzz.targets import TARGETS

SEEDS = Path(__file__).with_name("seeds")


def main() -> None:
    name, options = sys.argv[1], sys.argv[2:]
    json_target = name in ("instance", "certificate")

    def structured(data: bytes, max_size: int, seed: int) -> bytes:
        if seed % 4 == 0:
            return atheris.Mutate(data, max_size)
        return mutate(data, seed)[:max_size]

    found = Path(".fuzz") / name  # libFuzzer writes what it finds into the first folder
    found.mkdir(parents=True, exist_ok=True)
    arguments = [sys.argv[0], str(found), str(SEEDS / name), "-max_len=20000", f"-artifact_prefix={found}-", *options]
    if json_target:
        atheris.Setup(arguments, TARGETS[name], custom_mutator=structured)
    else:
        atheris.Setup(arguments, TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
