"""From the files of a trained network and its data to a certificate."""

from __future__ import annotations

from dataclasses import dataclass

from certify.activation import resolve
from certify.data import Dataset, read_dataset
from certify.draft import Bundle, Draft, start_draft
from certify.errors import UsageError, did_you_mean
from certify.models.described import SIGMOID, SOFTMAX
from certify.models.network import TrainedNetwork, read_network
from certify.progress import Report
from certify.settle.case import Case, Question
from certify.settle.network import settle
from proofs.activations import Activation
from proofs.balls import precision
from proofs.full_network import shape_of
from proofs.instance import Architecture
from proofs.losses import EVERY_LOSS, CrossEntropy
from proofs.table import Table

BITS = 128
LOSS_OF_OUTPUT = {SIGMOID: "logistic", SOFTMAX: "cross-entropy"}
"""These functions of the outputs are part of a loss; the outputs that it takes are those before them."""


@dataclass(frozen=True, slots=True)
class Examined:
    """The network that was read, and what was proved about it."""

    network: TrainedNetwork
    bundle: Bundle


def examine(question: Question, report: Report) -> Examined:
    """Read, search, build and check.

    Raises:
        UsageError: the files are malformed or do not fit each other.
        NotFound: nothing was proved; the reason, and what would help.
    """
    report("reading the network and the data")
    network = read_network(question.model, question.order)
    dataset = read_dataset(question.data, question.features, question.targets)
    draft = _draft(question, network, dataset, report)
    with precision(BITS):
        case = Case(question, network, draft, shape_of(draft.instance, network.layers), report)
        return Examined(network, draft.finish(dataset, settle(case), BITS))


def _draft(question: Question, network: TrainedNetwork, dataset: Dataset, report: Report) -> Draft:
    activation = _activation(question, network)
    _demand_loss_of_output(question, network)
    if question.loss not in EVERY_LOSS:
        near = did_you_mean(question.loss, EVERY_LOSS)
        raise UsageError(f"--loss: unknown {question.loss!r}{near}; known: {', '.join(EVERY_LOSS)}")
    loss = EVERY_LOSS[question.loss]
    if dataset.targets is None:
        raise UsageError("--target: expected the column that the network was trained to predict")
    inputs, *widths, outputs = network.widths
    sizes = "-".join(map(str, network.widths))
    for kind, wanted, names in (("inputs", inputs, dataset.features), ("outputs", outputs, dataset.target_names)):
        if len(names) != wanted:
            option = "--features" if kind == "inputs" else "--target"
            raise UsageError(
                f"{question.model}: the network {sizes} has {wanted} {kind}, but {dataset.source} gives {len(names)} "
                f"({', '.join(names)}); name them in order with {option}"
            )
    if len(widths) > 8:
        raise UsageError(f"{question.model}: {len(widths)} hidden layers; at most 8 are examined")
    if isinstance(loss, CrossEntropy):
        _demand_probabilities(dataset.source, dataset.targets, loss)
    architecture = Architecture(activation, len(widths), tuple(widths), outputs, network.output_bias)
    provenance = (
        f"{dataset.source}. targets: columns {', '.join(dataset.target_names)}. trained network: {network.source}, "
        f"layers {'; '.join([*network.names, *network.remarks])}"
    )
    decay = question.training.of_the_sum(loss, dataset.inputs.rows, outputs)
    return start_draft(dataset, dataset.targets, architecture, loss, provenance, decay, report)


def _activation(question: Question, network: TrainedNetwork) -> Activation:
    """The activation that the file tells, or the user if it does not.

    Raises:
        UsageError: neither, or both and not the same.
    """
    if network.activation is None:
        if question.activation is None:
            raise UsageError(
                f"--activation: expected the one of the hidden units, which {network.source} does not tell"
            )
        return resolve(question.activation)
    told = resolve(network.activation)
    if question.activation is not None and (given := resolve(question.activation)).name != told.name:
        raise UsageError(f"--activation {given.name}: the hidden units in {network.source} are {told.name}")
    return told


def _demand_loss_of_output(question: Question, network: TrainedNetwork) -> None:
    loss = LOSS_OF_OUTPUT.get(network.output, question.loss)
    if question.loss != loss:
        raise UsageError(
            f"--loss {question.loss}: {network.source} ends with {network.output}, which belongs to --loss {loss}; "
            f"for other losses export the network without it"
        )


def _demand_probabilities(source: str, targets: Table, loss: CrossEntropy) -> None:
    for n in range(targets.rows):
        if not loss.allows(targets.row(n)):
            raise UsageError(
                f"{source}: sample {n + 1}: the targets are not probabilities that sum to 1, which --loss {loss.name} "
                "needs; name a column of labels with --target, or one column for each class"
            )
