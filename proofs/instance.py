"""The instance a theorem is about: exact data, the architecture and the loss."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path

from flint import fmpq, fmpz_mat

from proofs.activations import CATALOGUE, Activation
from proofs.document import Reader, TooLarge, as_list, digest, parse_json
from proofs.exact import Malformed
from proofs.losses import EVERY_LOSS, AnyLoss, CrossEntropy, Loss
from proofs.table import Table, equal_rows, table_from_rows

FORMAT = "certify-instance/1"
MAX_DEPTH = 8
MAX_WIDTH = 10**12
MAX_DATA_BYTES = 4 * 1024**3
MAX_CELL_DIGITS = 4_000


@dataclass(frozen=True, slots=True)
class Architecture:
    """A fully connected network.

    Attributes:
        activation: sigma, applied at every hidden unit.
        depth: H, the number of hidden layers.
        widths: d_1..d_H, or None for "every choice of widths".
        outputs: m, the number of network outputs.
        output_bias: whether the outputs have a trainable bias.
    """

    activation: Activation
    depth: int
    widths: tuple[int, ...] | None
    outputs: int
    output_bias: bool

    def admits(self, least: tuple[int, ...]) -> bool:
        """Whether a statement that needs widths of at least `least` says something about this architecture."""
        return self.widths is None or all(w >= n for w, n in zip(self.widths, least, strict=True))


@dataclass(frozen=True, slots=True)
class WeightDecay:
    """What the loss has beside the sum over the samples: `weights` times the sum of the squares of all weights, and
    `biases` times that of all biases. Neither is negative, and one is positive."""

    weights: fmpq
    biases: fmpq


class Extension(Enum):
    """What an instance can have beyond a loss that is a sum over samples and outputs. A lemma says which it covers."""

    WEIGHT_DECAY = "weight decay"
    COUPLED_OUTPUTS = "a loss that couples the outputs"


@dataclass(frozen=True)
class Instance:
    """Inputs X (N x d_0), targets Y (N x m), architecture, loss: the sum over samples and outputs of l(T(x_n), y_n).

    Attributes:
        features: names of the d_0 inputs.
        loss: l, or for some losses a function of all outputs of a sample.
        hash: the digest of the instance document.
        provenance: free text about where the data came from; no lemma reads it.
        weight_decay: what is added to that sum, if anything.
    """

    features: tuple[str, ...]
    inputs: Table
    targets: Table
    architecture: Architecture
    loss: AnyLoss
    hash: str
    provenance: str
    weight_decay: WeightDecay | None = None

    @property
    def extensions(self) -> frozenset[Extension]:
        """What only the lemmas that say so are about."""
        found = set()
        if self.weight_decay is not None:
            found.add(Extension.WEIGHT_DECAY)
        if isinstance(self.loss, CrossEntropy):
            found.add(Extension.COUPLED_OUTPUTS)
        return frozenset(found)

    @property
    def loss_of_an_output(self) -> Loss:
        """The loss, for lemmas that do not cover coupled outputs.

        Raises:
            TypeError: it couples the outputs.
        """
        if isinstance(self.loss, CrossEntropy):
            raise TypeError(f"{self.loss.name} is not a sum over the outputs")
        return self.loss

    @property
    def samples(self) -> int:
        return self.inputs.rows

    @cached_property
    def distinct_inputs(self) -> tuple[tuple[int, ...], ...]:
        """The samples grouped by equal inputs, each group in order, groups by first appearance."""
        return equal_rows(self.inputs.numerators)


def load_instance(path: Path) -> Instance:
    """Read an instance file (and the data file beside it, if it names one).

    Raises:
        Malformed: not of the published format.
        TooLarge: larger than the checker reads.
        OSError: a file cannot be read.
    """
    return read_instance(parse_json(path.read_bytes(), path.name), path.parent)


def read_instance(document: object, folder: Path | None = None) -> Instance:
    """Build an instance from a parsed document; data files are looked for in `folder`.

    Raises:
        Malformed: not of the published format.
        TooLarge: larger than the checker reads.
        OSError: the data file cannot be read.
    """
    root = Reader.of(document, "instance")
    if root.take("format") != FORMAT:
        raise Malformed("instance.format", f"expected {FORMAT!r}")
    network = root.section("network")
    data = root.section("data")
    features = data.texts("features")
    if len(set(features)) != len(features):
        raise Malformed(data.place("features"), "a feature name appears twice")
    if data.has("file"):
        inputs, targets = _read_data_file(data, len(features), folder)
    else:
        inputs = _table(data, "inputs", len(features))
        targets = _targets(data, inputs.rows)
    data.finish()
    if inputs.rows != targets.rows:
        raise Malformed(data.where, f"{inputs.rows} rows of inputs but {targets.rows} of targets")
    if inputs.rows < 1 or inputs.columns < 1:
        raise Malformed(data.where, "expected at least one sample and one feature")
    architecture = _read_architecture(network, targets.columns)
    loss = root.text("loss")
    if loss not in EVERY_LOSS:
        raise Malformed("instance.loss", f"unknown loss {loss[:40]!r}; known: {', '.join(EVERY_LOSS)}")
    decay = _read_decay(root.section("weight_decay")) if root.has("weight_decay") else None
    provenance = root.text("provenance")
    root.finish()
    return Instance(features, inputs, targets, architecture, EVERY_LOSS[loss], digest(document), provenance, decay)


def _read_decay(reader: Reader) -> WeightDecay:
    decay = WeightDecay(reader.rational("weights"), reader.rational("biases"))
    reader.finish()
    if decay.weights < 0 or decay.biases < 0 or decay.weights == decay.biases == 0:
        raise Malformed(reader.where, "expected numbers that are not negative, and one that is positive")
    return decay


def _read_architecture(network: Reader, outputs: int) -> Architecture:
    activation = _read_activation(network)
    depth = network.integer("depth")
    if not 1 <= depth <= MAX_DEPTH:
        raise Malformed(network.place("depth"), f"expected 1 to {MAX_DEPTH} hidden layers")
    widths: tuple[int, ...] | None = None
    if network.take("widths") != "every":
        widths = network.integers("widths")
        if len(widths) != depth or not all(1 <= w <= MAX_WIDTH for w in widths):
            raise Malformed(network.place("widths"), f'expected "every" or {depth} positive integers')
    output_bias = network.boolean("output_bias")
    network.finish()
    return Architecture(activation, depth, widths, outputs, output_bias)


def _read_activation(network: Reader) -> Activation:
    name = network.text("activation")
    if name in CATALOGUE:
        return CATALOGUE[name]
    from proofs.formulas import read_activation  # noqa: PLC0415  # half of a check's start, and seldom needed

    return read_activation(name, network.place("activation"))


def _targets(data: Reader, samples: int) -> Table:
    """The targets; an instance about the inputs alone has an empty list of them."""
    rows = data.items("targets")
    if not rows:
        return Table(fmpz_mat(samples, 0), ())
    return _table(data, "targets", max(1, len(as_list(rows[0], f"{data.place('targets')}[0]"))))


def _table(data: Reader, key: str, columns: int) -> Table:
    rows = data.matrix(key)
    for index, row in enumerate(rows):
        if len(row) != columns:
            raise Malformed(f"{data.place(key)}[{index}]", f"expected {columns} numbers, found {len(row)}")
    return table_from_rows(rows, columns)


def _read_data_file(data: Reader, features: int, folder: Path | None) -> tuple[Table, Table]:
    name, expected, outputs = data.text("file"), data.text("sha256"), data.integer("outputs")
    where = data.place("file")
    if folder is None or not name or Path(name).name != name or name.startswith(".") or not name.isprintable():
        raise Malformed(where, "expected the plain name of a file beside the instance")
    path = folder / name
    if path.stat().st_size > MAX_DATA_BYTES:
        raise TooLarge(f"{name}: {path.stat().st_size} bytes; at most {MAX_DATA_BYTES} are read")
    denominators: list[int] = []
    inputs: list[int] = []
    targets: list[int] = []
    hasher = hashlib.sha256()
    rows = 0
    with path.open("rb") as lines:
        for line in lines:
            hasher.update(line)
            row = _row_of_integers(line, where)
            if not denominators:
                if len(row) != features + outputs or min(row) < 1 or outputs < 0:
                    raise Malformed(where, f"expected {features + outputs} positive denominators in the first line")
                denominators = row
                continue
            if len(row) != features + outputs:
                raise Malformed(f"{where} row {rows + 1}", f"expected {features + outputs} integers, found {len(row)}")
            inputs.extend(row[:features])
            targets.extend(row[features:])
            rows += 1
    if not denominators:
        raise Malformed(where, f"{name} is empty; expected denominators in the first line")
    if hasher.hexdigest() != expected:
        raise Malformed(where, f"{name} is not the file this instance was made for (its sha256 differs)")
    return (
        Table(fmpz_mat(rows, features, inputs), tuple(denominators[:features])),
        Table(fmpz_mat(rows, outputs, targets), tuple(denominators[features:])),
    )


def _row_of_integers(line: bytes, where: str) -> list[int]:
    """One line of the data file; int() alone would also take blanks, underscores and signs."""
    if line.translate(None, b"0123456789,-\n"):
        raise Malformed(where, "expected integers separated by commas")
    cells = line.removesuffix(b"\n").split(b",")
    if max(map(len, cells)) > MAX_CELL_DIGITS:
        raise Malformed(where, f"expected integers separated by commas, each of at most {MAX_CELL_DIGITS} characters")
    try:
        return [int(cell) for cell in cells]
    except ValueError:
        raise Malformed(where, f"expected integers separated by commas, found {line[:40]!r}") from None


def instance_document(
    features: tuple[str, ...],
    data: dict[str, object],
    architecture: Architecture,
    loss: AnyLoss,
    provenance: str,
    weight_decay: WeightDecay | None = None,
) -> dict[str, object]:
    """The JSON document of an instance; `data` holds inputs and targets or names the data file."""
    decay = {} if weight_decay is None else {"weights": str(weight_decay.weights), "biases": str(weight_decay.biases)}
    return {
        "format": FORMAT,
        "data": {"features": list(features), **data},
        "network": {
            "activation": architecture.activation.name,
            "depth": architecture.depth,
            "widths": list(architecture.widths) if architecture.widths is not None else "every",
            "output_bias": architecture.output_bias,
        },
        "loss": loss.name,
        **({"weight_decay": decay} if decay else {}),
        "provenance": provenance,
    }
