"""`certify prove`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from flint import fmpq

from certify.build import build
from certify.commands.check import outcome_document
from certify.draft import DATA_FILE, Bundle
from certify.errors import printable
from certify.output import CERTIFICATE, INSTANCE, REPORT, json_text, write_all
from certify.plan import NotFound
from certify.problem import Problem, read_problem
from certify.progress import Progress
from certify.report.markdown import report
from certify.report.text import outcome_lines
from certify.report.words import network_text
from proofs.claims.affine import AffineClaim
from proofs.claims.exceptional import ExceptionalClaim
from proofs.claims.fitted import FittedClaim
from proofs.claims.minimum import MinimumClaim
from proofs.claims.obstruction import ObstructionClaim
from proofs.kernel import Verdict

PROVED, REJECTED, UNDECIDED = 0, 3, 4
SMALL_RADIUS = fmpq(1, 10_000)


def run(arguments: argparse.Namespace) -> int:
    """Search, prove, write, print; returns the exit code."""
    problem = problem_of(arguments)
    try:
        with Progress() as progress:
            bundle = build(problem, progress)
    except NotFound as reason:
        if arguments.json:
            print(json.dumps({"verdict": "UNDECIDED", "reason": str(reason)}))
        else:
            print(f"UNDECIDED  {reason}")
        return UNDECIDED
    files = files_of(bundle, arguments.out)
    write_all(arguments.out, files)
    if arguments.json:
        document = outcome_document(bundle.instance, bundle.outcome)
        print(json.dumps({**document, "notes": list(bundle.notes), "out": str(arguments.out)}, ensure_ascii=False))
    else:
        for line in _lines(bundle, problem):
            print(printable(line))
        print(f"written to {arguments.out}/: {', '.join(files)}", file=sys.stderr)
    return _exit_code(bundle)


def problem_of(arguments: argparse.Namespace) -> Problem:
    """The problem on the command line: options given there override those of a TOML file."""
    names = (
        "features",
        "activation",
        "depth",
        "widths",
        "outputs",
        "output_bias",
        "standardise",
        "seed",
        "construction",
        "digits",
        "piece",
        "loss",
        "budget",
    )
    given = {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}
    if arguments.target is not None:
        given["targets"] = arguments.target
    if "widths" in given:
        given.setdefault("depth", len(given["widths"]))
    path: Path = arguments.data
    if path.suffix.lower() == ".toml":
        return replace(read_problem(path), **given)
    return Problem(data=path, **given)


def files_of(bundle: Bundle, folder: Path) -> dict[str, bytes]:
    """The files to write, by name."""
    files = {
        INSTANCE: json_text(bundle.instance_document),
        CERTIFICATE: json_text(bundle.certificate_document),
        REPORT: report(bundle.instance, bundle.outcome, arguments_of(bundle), bundle.notes, folder).encode("utf-8"),
    }
    if bundle.data_file is not None:
        files[DATA_FILE] = bundle.data_file
    return files


def arguments_of(bundle: Bundle) -> dict[str, object]:
    """The arguments of each step, by its name."""
    steps = bundle.certificate_document["steps"]
    return {step["id"]: step["arguments"] for step in steps} if isinstance(steps, list) else {}


def _lines(bundle: Bundle, problem: Problem) -> Iterator[str]:
    dataset = bundle.dataset
    out = f" (not used: {', '.join(dataset.left_out)})" if dataset.left_out else ""
    yield f"data     {dataset.source}: {dataset.inputs.rows} samples, features {', '.join(dataset.features)}{out}"
    yield f"instance {bundle.instance.hash}"
    yield from outcome_lines(bundle.instance, bundle.outcome)
    for note in bundle.notes:
        yield f"not claimed: {note}"
    claim = bundle.outcome.claim
    if isinstance(claim, ObstructionClaim):
        features = ", ".join(claim.features)
        yield f"IMPOSSIBLE  no targets can be constructed with {features} among the features; try --features"
    elif isinstance(claim, ExceptionalClaim):
        name = network_text(bundle.instance)
        yield f"IMPOSSIBLE  the fitted construction cannot work with {name}; try silu, or --construction constant"
    elif isinstance(claim, MinimumClaim | FittedClaim | AffineClaim) and claim.gap is None:
        yield "INCOMPLETE  the local minimum is proved, but nothing lower was found: it may be global"
    elif isinstance(claim, MinimumClaim) and _small(claim.box_radius) and not problem.standardise:
        yield "hint: the box is small, often so because features are large or far from 0; try --standardise"


def _small(radius: fmpq | None) -> bool:
    return radius is not None and radius < SMALL_RADIUS


def _exit_code(bundle: Bundle) -> int:
    claim = bundle.outcome.claim
    if bundle.outcome.verdict is not Verdict.PROVED:
        return UNDECIDED
    if isinstance(claim, ObstructionClaim | ExceptionalClaim):
        return REJECTED
    if isinstance(claim, MinimumClaim | FittedClaim | AffineClaim) and claim.gap is not None:
        return PROVED
    return UNDECIDED
