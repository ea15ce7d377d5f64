"""`certify lemmas`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from certify.arguments import Parser
from certify.errors import UsageError, did_you_mean, printable
from certify.exit_codes import PROVED, REJECTED
from certify.progress import Progress
from certify.terminal import print_json, print_lines

if TYPE_CHECKING:
    from proofs.derivations.derivation import Derivation
    from proofs.kernel import Lemma

    Derived = Sequence[tuple[Derivation, bool]]

EXAMPLE = "certify lemmas local-minimum/1 --derive"


def configure(parser: Parser) -> None:
    """Add the arguments."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="show only this lemma")
    parser.add_argument("--derive", action="store_true", help="derive its identities with SymPy and verify them")
    parser.add_json()


def run(arguments: argparse.Namespace) -> int:
    """List lemmas; with `derive`, verify the identities they rest on. Returns the exit code."""
    from certify.library import every_lemma

    library = every_lemma()
    for fault in library.faults:
        print(printable(f"certify: warning: {fault}"), file=sys.stderr)
    known = library.lemmas
    if arguments.name is not None and arguments.name not in known:
        others = did_you_mean(arguments.name, known) or f"; known: {', '.join(known)}"
        raise UsageError(f"no lemma {arguments.name!r}{others}")
    chosen = [known[arguments.name]] if arguments.name else list(known.values())
    with Progress() as progress:
        derived = {lemma.name: _derived(lemma, progress) if arguments.derive else () for lemma in chosen}
    if arguments.json:
        print_json([_document(lemma, library.origin(lemma.name), derived[lemma.name]) for lemma in chosen])
    else:
        for lemma in chosen:
            print_lines(_description(lemma, library.origin(lemma.name), derived[lemma.name]))
    return PROVED if all(holds for found in derived.values() for _, holds in found) else REJECTED


def _derived(lemma: Lemma, progress: Progress) -> Derived:
    """Every identity behind the lemma, and whether SymPy verifies it."""
    from proofs.derivations import derivations_for

    found = []
    for derivation in derivations_for(lemma.name):
        progress(f"{lemma.name}: deriving {derivation.title}")
        found.append((derivation, derivation.holds()))
    return found


def _document(lemma: Lemma, origin: str, derived: Derived) -> dict[str, object]:
    return {
        "name": lemma.name,
        "title": lemma.title,
        "statement": lemma.statement,
        "source": lemma.source,
        "premises": list(lemma.premises),
        "from": origin,
        "derivations": [
            {
                "title": derivation.title,
                "statement": derivation.statement,
                "hypotheses": [hypothesis.text for hypothesis in derivation.hypotheses],
                "derived": holds,
            }
            for derivation, holds in derived
        ],
    }


def _description(lemma: Lemma, origin: str, derived: Derived) -> Iterator[str]:
    import textwrap

    after = f"  (after {', '.join(lemma.premises)})" if lemma.premises else ""
    yield printable(f"{lemma.name}: {lemma.title}{after}")
    yield from textwrap.wrap(printable(lemma.statement), 100, initial_indent="  ", subsequent_indent="  ")
    yield printable(f"  source: {lemma.source}")
    yield printable(f"  from: {origin}")
    for derivation, holds in derived:
        yield f"  {'derived' if holds else 'NOT DERIVED'}: {derivation.title}"
        yield from textwrap.wrap(derivation.statement, 100, initial_indent="    ", subsequent_indent="    ")
        if derivation.hypotheses:
            yield f"    given {'; '.join(h.text for h in derivation.hypotheses)}"
    yield ""
