"""What `certify.prove` and `certify.examine` give: a checked certificate with all that is written about it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from flint import fmpq

from certify.checking import Checked, check
from certify.data import Dataset
from certify.draft import DATA_FILE, Bundle
from certify.exit_codes import PROVED, REJECTED, UNDECIDED
from certify.models.described import LINEAR
from certify.models.network import TrainedNetwork
from certify.output import CERTIFICATE, INSTANCE, json_text, write_all
from certify.report.compose import Subject
from certify.report.examined_findings import examined_findings
from certify.report.words import network_text
from certify.report.write import shown, usual_reports
from certify.result import Result
from proofs.claims.affine import AffineClaim
from proofs.claims.exceptional import ExceptionalClaim
from proofs.claims.fitted import FittedClaim
from proofs.claims.minimum import MinimumClaim
from proofs.claims.obstruction import ObstructionClaim
from proofs.examined import ExaminedMinimum
from proofs.kernel import Verdict

SMALL_RADIUS = fmpq(1, 10_000)


@dataclass(frozen=True)
class Picture:
    """A drawing, which a notebook shows."""

    svg: str = field(repr=False)

    def _repr_svg_(self) -> str:
        return self.svg


@dataclass(frozen=True, repr=False, kw_only=True)
class Certified(Result):
    """A result with its documents.

    Attributes:
        dataset: what was read.
        instance_document, certificate_document: what is in the files; `certify.check` and `proofs.check` take them.
        data_file: the data beside the instance document, for large data sets.
        notes: what is not claimed, and why.
    """

    dataset: Dataset
    instance_document: dict[str, object]
    certificate_document: dict[str, object]
    data_file: bytes | None
    notes: tuple[str, ...]

    def files(self, folder: Path) -> dict[str, bytes]:
        """What `save` writes, by name."""
        subject = self._subject(folder)
        return {**subject.files, **usual_reports(subject)}

    @property
    def pictures(self) -> dict[str, Picture]:
        """The drawings of the report by name, such as `landscape`; the report's captions say what is proved."""
        return {figure.name: Picture(figure.svg) for figure in shown(self._subject(Path()))}

    def _subject(self, folder: Path) -> Subject:
        files = {INSTANCE: json_text(self.instance_document), CERTIFICATE: json_text(self.certificate_document)}
        if self.data_file is not None:
            files[DATA_FILE] = self.data_file
        return Subject(self.instance, self.outcome, self.notes, self.assumed, self.missing, folder, files)

    def save(self, folder: str | Path) -> tuple[Path, ...]:
        """Write the instance, the certificate and the report, each whole or not at all, over older ones.

        Returns:
            the files that were written.

        Raises:
            OSError: the folder or a file cannot be written.
        """
        files = self.files(Path(folder))
        write_all(Path(folder), files)
        return tuple(Path(folder, name) for name in files)

    def check(self) -> Checked:
        """Check what `save` writes, like a stranger: from the text, with both checkers.

        Raises:
            OSError: the checkers disagree.
        """
        with tempfile.TemporaryDirectory() as folder:
            write_all(Path(folder), dict(self._subject(Path(folder)).files))  # no reports: nobody would see them
            return check(Path(folder, INSTANCE), Path(folder, CERTIFICATE), second=True)

    @property
    def document(self) -> dict[str, object]:
        """The result as JSON."""
        return {**super().document, "notes": list(self.notes)}

    @property
    def _left_out(self) -> str:
        return f" (not used: {', '.join(self.dataset.left_out)})" if self.dataset.left_out else ""


@dataclass(frozen=True, repr=False, kw_only=True)
class Proof(Certified):
    """The result of `certify.prove`."""

    standardised: bool

    @classmethod
    def of(cls, bundle: Bundle, standardised: bool) -> Proof:
        """The result in a bundle; `standardised` says whether the features were."""
        return cls(**_fields(bundle), standardised=standardised)  # type: ignore[arg-type]

    @property
    def exit_code(self) -> int:
        """PROVED only for a sub-optimal minimum; REJECTED when the construction is certified impossible."""
        if self.verdict is not Verdict.PROVED:
            return UNDECIDED
        if isinstance(self.outcome.claim, ObstructionClaim | ExceptionalClaim):
            return REJECTED
        return UNDECIDED if self._incomplete else PROVED

    @property
    def _incomplete(self) -> bool:
        claim = self.outcome.claim
        return not isinstance(claim, MinimumClaim | FittedClaim | AffineClaim) or claim.gap is None

    @property
    def title(self) -> Iterator[str]:
        """The data, and the hash of the instance."""
        data = self.dataset
        yield f"data     {data.source}: {data.inputs.rows} samples, features {', '.join(data.features)}{self._left_out}"
        yield from super().title

    @property
    def remarks(self) -> Iterator[str]:
        """What is not claimed, and what may help."""
        claim = self.outcome.claim
        yield from (f"not claimed: {note}" for note in self.notes)
        small = isinstance(claim, MinimumClaim) and _small(claim.box_radius)
        if small and not self.standardised and not self._incomplete:
            yield "hint: the box is small, often so because features are large or far from 0; try --standardise"

    @property
    def qualification(self) -> str:
        """That it is impossible, or that the minimum may be global."""
        claim = self.outcome.claim
        if self.verdict is not Verdict.PROVED:
            return ""
        if isinstance(claim, ObstructionClaim):
            features = ", ".join(claim.features)
            return f"IMPOSSIBLE  no targets can be constructed with {features} among the features; try --features"
        if isinstance(claim, ExceptionalClaim):
            name = network_text(self.instance)
            return f"IMPOSSIBLE  the fitted construction cannot work with {name}; try silu, or --construction constant"
        if self._incomplete:
            return "INCOMPLETE  the local minimum is proved, but nothing lower was found: it may be global"
        return ""


@dataclass(frozen=True, repr=False, kw_only=True)
class Examination(Certified):
    """The result of `certify.examine`.

    Attributes:
        network: what was read of the trained network.
    """

    network: TrainedNetwork

    @classmethod
    def of(cls, bundle: Bundle, network: TrainedNetwork) -> Examination:
        """The result in a bundle."""
        return cls(**_fields(bundle), network=network)  # type: ignore[arg-type]

    @property
    def exit_code(self) -> int:
        """PROVED for a local minimum, REJECTED when there is certainly none."""
        if self.verdict is not Verdict.PROVED:
            return UNDECIDED
        return PROVED if isinstance(self.outcome.claim, ExaminedMinimum) else REJECTED

    @property
    def found(self) -> tuple[str, ...]:
        """What is found beside the claim: how far the network was moved, the spectrum, where the loss falls."""
        return tuple(examined_findings(self.instance, self.outcome))

    @property
    def title(self) -> Iterator[str]:
        """The data, the network as it was read, and the hash of the instance."""
        network, dataset = self.network, self.dataset
        yield f"data     {dataset.source}: {dataset.inputs.rows} samples{self._left_out}"
        yield f"inputs   {', '.join(dataset.features)}"
        activation = self.instance.architecture.activation.name
        for h, (names, layer) in enumerate(zip(network.names, network.layers, strict=True), 1):
            kind = activation if h < len(network.layers) else _end(network.output)
            yield f"layer {h}  {names}: {len(layer.weights[0])} -> {len(layer.biases)}, {kind}"
        yield f"outputs  {', '.join(dataset.target_names)}"
        for remark in network.remarks:
            yield f"note     {remark}"
        if (decay := self.instance.weight_decay) is not None:
            yield f"decay    the sum of the losses has {decay.weights} Σ w^2 and {decay.biases} Σ b^2 beside it"
        yield from super().title

    @property
    def remarks(self) -> Iterator[str]:
        """What else was found, and what is not claimed."""
        yield from (f"found: {line}" for line in self.found)
        yield from (f"not claimed: {note}" for note in self.notes)

    @property
    def qualification(self) -> str:
        """That it is no minimum."""
        if self.verdict is not Verdict.PROVED or isinstance(self.outcome.claim, ExaminedMinimum):
            return ""
        return "NOT A MINIMUM  the loss can be lowered from here: training is not finished"

    @property
    def document(self) -> dict[str, object]:
        """The result as JSON."""
        document = super().document
        return {**document, "found": list(self.found), "notes": [*self.network.remarks, *self.notes]}


def _fields(bundle: Bundle) -> dict[str, object]:
    return {field: getattr(bundle, field) for field in bundle.__slots__}


def _small(radius: fmpq | None) -> bool:
    return radius is not None and radius < SMALL_RADIUS


def _end(output: str) -> str:
    """What is done to the last layer."""
    return "linear" if output == LINEAR else f"linear (its {output} belongs to the loss)"
