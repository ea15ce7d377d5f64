"""`certify lemmas`."""

from __future__ import annotations

import argparse
import sys
import textwrap

from certify.errors import UsageError, did_you_mean, printable
from certify.library import every_lemma
from proofs.kernel import Lemma


def run(arguments: argparse.Namespace) -> int:
    """List lemmas; with `derive`, verify the identities they rest on. Returns the exit code."""
    library = every_lemma()
    for fault in library.faults:
        print(printable(f"certify: warning: {fault}"), file=sys.stderr)
    known = library.lemmas
    if arguments.name is not None and arguments.name not in known:
        others = did_you_mean(arguments.name, known) or f"; known: {', '.join(known)}"
        raise UsageError(f"no lemma {arguments.name!r}{others}")
    chosen = [known[arguments.name]] if arguments.name else list(known.values())
    verified = True
    for lemma in chosen:
        _describe(lemma, library.origin(lemma.name))
        if arguments.derive:
            verified = _derive(lemma) and verified
        print()
    return 0 if verified else 3


def _describe(lemma: Lemma, origin: str) -> None:
    after = f"  (after {', '.join(lemma.premises)})" if lemma.premises else ""
    print(printable(f"{lemma.name}: {lemma.title}{after}"))
    print(textwrap.fill(printable(lemma.statement), 100, initial_indent="  ", subsequent_indent="  "))
    print(printable(f"  source: {lemma.source}"))
    print(printable(f"  from: {origin}"))


def _derive(lemma: Lemma) -> bool:
    """Print every identity behind the lemma with its verdict by SymPy."""
    from proofs.derivations import derivations_for

    verified = True
    for derivation in derivations_for(lemma.name):
        holds = derivation.holds()
        verified = verified and holds
        print(f"  {'derived' if holds else 'NOT DERIVED'}: {derivation.title}")
        print(textwrap.fill(derivation.statement, 100, initial_indent="    ", subsequent_indent="    "))
        if derivation.hypotheses:
            print(f"    given {'; '.join(h.text for h in derivation.hypotheses)}")
    return verified
