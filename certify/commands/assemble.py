"""`certify assemble`."""

from __future__ import annotations

import argparse
from pathlib import Path

from certify.arguments import Parser
from certify.progress import Progress
from certify.terminal import show, uninterrupted

EXAMPLE = "certify assemble out/instance.json steps.json --out certificate.json"


def configure(parser: Parser) -> None:
    """Add the arguments."""
    add = parser.add_argument
    add("instance", type=Path, metavar="INSTANCE", help="the instance.json")
    add("steps", type=Path, metavar="STEPS", help="a JSON file: the steps, and perhaps the claim")
    add("--out", type=Path, required=True, metavar="CERTIFICATE", help="the file to write")
    parser.add_quiet()
    parser.add_json()


def run(arguments: argparse.Namespace) -> int:
    """Make the certificate, check it, and write it whatever the verdict; returns the exit code."""
    from certify.assemble import assemble
    from certify.checking import checked, reading
    from certify.output import json_text, write_all
    from proofs.certificate import read_certificate
    from proofs.document import parse_json
    from proofs.instance import load_instance

    with reading(), Progress(arguments.quiet) as progress:
        instance = load_instance(arguments.instance)
        document = assemble(instance, parse_json(arguments.steps.read_bytes(), arguments.steps.name))
        result = checked(instance, read_certificate(document), arguments.instance.name, progress)
    out: Path = arguments.out
    with uninterrupted():
        write_all(out.parent, {out.name: json_text(document)})
        show(result, arguments)
    return result.exit_code
