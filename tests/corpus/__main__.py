"""`python -m tests.corpus` asks both checkers about everything, `--every 10` about a tenth; see `--help`."""

from __future__ import annotations

import argparse
import sys
from itertools import chain

from tests.corpus.controls import BLUNT, SUBTLE, broken, score
from tests.corpus.corpus import all_good
from tests.corpus.mutations import mutations
from tests.corpus.running import run, sample
from tests.corpus.verdicts import verdicts


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.corpus")
    parser.add_argument("--every", type=int, default=1, help="take about one certificate in so many")
    parser.add_argument("--controls", action="store_true", help="score the control checkers instead")
    arguments = parser.parse_args()
    cases = chain((verdict.case for verdict in verdicts()), sample(mutations(all_good()), arguments.every))
    if not arguments.controls:
        tally = run(cases)
        print(*tally.lines(), sep="\n")
        return 1 if tally.wrong else 0
    chosen = list(cases)
    checkers = BLUNT | {name: broken(name) for name in SUBTLE}
    print(f"{'checker':<42} {'bad proved':>10} {'good refused':>12} {'wrong':>6}")
    for name, checker in checkers.items():
        found = score(checker, chosen)
        print(f"{name:<42} {found.accepted:>10} {found.refused:>12} {found.wrong:>6}  {found.first}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
