"""`certify assemble`."""

from __future__ import annotations

import argparse
from pathlib import Path

from certify.assemble import assemble
from certify.commands.check import EXIT_CODES, Checked, reading, show
from certify.library import library_for
from certify.output import json_text, write_all
from proofs.certificate import read_certificate
from proofs.check import check
from proofs.document import parse_json
from proofs.instance import load_instance


def run(arguments: argparse.Namespace) -> int:
    """Make the certificate, check it, and write it whatever the verdict; returns the exit code."""
    with reading():
        instance = load_instance(arguments.instance)
        document = assemble(instance, parse_json(arguments.steps.read_bytes(), arguments.steps.name))
        certificate = read_certificate(document)
        library = library_for(certificate)
        outcome = check(instance, certificate, library.lemmas)
    out: Path = arguments.out
    write_all(out.parent, {out.name: json_text(document)})
    show(Checked(instance, certificate, library, outcome), arguments.instance.name, arguments.json)
    return EXIT_CODES[outcome.verdict]
