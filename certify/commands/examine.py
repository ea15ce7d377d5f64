"""`certify examine`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from certify.commands.check import outcome_document
from certify.commands.prove import files_of
from certify.decay import read_training
from certify.errors import UsageError, printable
from certify.examine import Examined, examine
from certify.models.described import LINEAR
from certify.output import write_all
from certify.plan import NotFound
from certify.progress import Progress
from certify.report.examined_figures import figures
from certify.report.examined_findings import examined_findings
from certify.report.text import outcome_lines
from certify.settle.case import Question
from proofs.examined import ExaminedMinimum
from proofs.kernel import Verdict

PROVED, REJECTED, UNDECIDED = 0, 3, 4


def run(arguments: argparse.Namespace) -> int:
    """Examine, write, print; returns the exit code."""
    question = _question(arguments)
    try:
        with Progress() as progress:
            examined = examine(question, progress)
    except NotFound as reason:
        if arguments.json:
            print(json.dumps({"verdict": "UNDECIDED", "reason": str(reason)}))
        else:
            print(f"UNDECIDED  {printable(str(reason))}")
        return UNDECIDED
    bundle = examined.bundle
    folder: Path = arguments.out
    files = files_of(bundle, folder) | figures(bundle.instance, bundle.outcome)
    write_all(folder, files)
    if arguments.json:
        document = outcome_document(bundle.instance, bundle.outcome)
        found = list(examined_findings(bundle.instance, bundle.outcome))
        print(
            json.dumps(
                {**document, "found": found, "notes": [*examined.network.remarks, *bundle.notes], "out": str(folder)},
                ensure_ascii=False,
            )
        )
    else:
        for line in _lines(examined):
            print(printable(line))
        print(f"written to {folder}/: {', '.join(files)}", file=sys.stderr)
    if bundle.outcome.verdict is not Verdict.PROVED:
        return UNDECIDED
    return PROVED if isinstance(bundle.outcome.claim, ExaminedMinimum) else REJECTED


def _question(arguments: argparse.Namespace) -> Question:
    if not arguments.within > 0:
        raise UsageError(f"--within: expected a positive number, found {arguments.within:g}")
    return Question(
        model=arguments.model,
        data=arguments.data,
        features=arguments.features,
        targets=arguments.target,
        activation=arguments.activation,
        loss=arguments.loss,
        order=arguments.layers,
        within=arguments.within,
        better=arguments.better,
        seed=arguments.seed,
        training=read_training(arguments.weight_decay, arguments.reduction, arguments.decay_biases),
    )


def _lines(examined: Examined) -> Iterator[str]:
    network, bundle = examined.network, examined.bundle
    dataset = bundle.dataset
    out = f" (not used: {', '.join(dataset.left_out)})" if dataset.left_out else ""
    yield f"data     {dataset.source}: {dataset.inputs.rows} samples{out}"
    yield f"inputs   {', '.join(dataset.features)}"
    activation = bundle.instance.architecture.activation.name
    for h, (names, layer) in enumerate(zip(network.names, network.layers, strict=True)):
        kind = activation if h < len(network.layers) - 1 else _end(network.output)
        yield f"layer {h + 1}  {names}: {len(layer.weights[0])} -> {len(layer.biases)}, {kind}"
    yield f"outputs  {', '.join(dataset.target_names)}"
    for remark in network.remarks:
        yield f"note     {remark}"
    if (decay := bundle.instance.weight_decay) is not None:
        yield f"decay    the sum of the losses has {decay.weights} Σ w^2 and {decay.biases} Σ b^2 beside it"
    yield f"instance {bundle.instance.hash}"
    yield from outcome_lines(bundle.instance, bundle.outcome)
    for line in examined_findings(bundle.instance, bundle.outcome):
        yield f"found: {line}"
    for note in bundle.notes:
        yield f"not claimed: {note}"
    if not isinstance(bundle.outcome.claim, ExaminedMinimum):
        yield "NOT A MINIMUM  the loss can be lowered from here: training is not finished"


def _end(output: str) -> str:
    """What is done to the last layer."""
    return "linear" if output == LINEAR else f"linear (its {output} belongs to the loss)"
