"""`certify assemble`."""

from __future__ import annotations

import argparse
from pathlib import Path

from certify.assemble import assemble
from certify.commands.check import EXIT_CODES, Checked, show
from certify.errors import UsageError
from certify.library import library_for
from certify.output import json_text, write_all
from proofs.certificate import read_certificate
from proofs.check import check
from proofs.document import TooLarge, parse_json
from proofs.exact import Malformed
from proofs.instance import load_instance


def run(arguments: argparse.Namespace) -> int:
    """Make the certificate, check it, and write it whatever the verdict; returns the exit code."""
    try:
        instance = load_instance(arguments.instance)
        document = assemble(instance, parse_json(arguments.steps.read_bytes(), arguments.steps.name))
        certificate = read_certificate(document)
        library = library_for(certificate)
        outcome = check(instance, certificate, library.lemmas)
    except (FileNotFoundError, IsADirectoryError) as error:
        raise UsageError(f"{error.filename}: no such file") from None
    except Malformed as error:
        raise UsageError(str(error)) from None
    except TooLarge as error:
        raise OSError(str(error)) from None
    out: Path = arguments.out
    write_all(out.parent, {out.name: json_text(document)})
    show(Checked(instance, certificate, library, outcome), arguments.instance.name, arguments.json)
    return EXIT_CODES[outcome.verdict]
