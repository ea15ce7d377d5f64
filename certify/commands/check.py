"""`certify check`."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from certify.arguments import Parser
from certify.progress import Progress
from certify.terminal import show

EXAMPLE = "certify check out/instance.json out/certificate.json"


def configure(parser: Parser) -> None:
    """Add the arguments."""
    add = parser.add_argument
    add("instance", type=Path, metavar="INSTANCE", help="the instance.json")
    add("certificate", type=Path, metavar="CERTIFICATE", help="the certificate.json")
    add("--second", action="store_true", help="also run the second checker and demand that both agree")
    add("--coq", action="store_true", help="also have Coq check the theorems (it takes a minute, and needs Coq)")
    add("--paranoid", action="store_true", help="test both checkers on known answers first")
    parser.add_quiet()
    parser.add_json()


def run(arguments: argparse.Namespace) -> int:
    """Check and print; returns the exit code."""
    from certify.checking import check, demand_self_test

    with Progress(arguments.quiet) as progress:
        if arguments.paranoid:
            progress("testing both checkers on known answers")
            demand_self_test()
        result = check(arguments.instance, arguments.certificate, second=arguments.second, progress=progress)
        if arguments.coq:
            from certify.coq.ask import ask

            progress("asking Coq")
            result = replace(result, coq=ask(result))
    show(result, arguments)
    return result.exit_code
