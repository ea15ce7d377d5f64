"""Every good certificate with one thing changed, and the answer that the mathematics or the format demands.

Changes of the instance recompute its hash, except where the hash itself is what changes. Most cases must be refused;
some leave a true and supported claim, and these must be proved.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from tests.corpus.corpus import PROVED, Case, Good
from tests.corpus.mutations import (
    affine,
    beyond,
    claims,
    examined,
    fields,
    fitted,
    foreign,
    lemma_claims,
    point,
    raw,
    regions,
    steps,
    values,
)
from tests.corpus.subject import FITTED, Subject
from tests.proofs.build import BOX, POINT

FAMILIES = (
    regions.box, regions.jensen, beyond.better, beyond.optimum, beyond.generic, beyond.obstruction, claims.claims,
    lemma_claims.lemma_claims,
    affine.affine,
)  # fmt: skip
RAW = ("sigmoid-1-log-bias", "circle", "fitted-elu", "exceptional-erf")
MOST_SAMPLES = 20


def mutations(goods: list[Good]) -> Iterator[Case]:
    """All cases, always in the same order."""
    trained = [Subject(good) for good in goods if Subject(good).trained]
    goods = [good for good in goods if not Subject(good).trained]
    subjects = [Subject(_box_last(good)) for good in goods]
    quick = [subject for subject in subjects if is_quick(subject)]
    for good, subject in zip(goods, subjects, strict=True):
        yield Case(good.name, "as it is", good.texts, PROVED)
        yield from values.harmless(subject)
        yield from foreign.hashes(subject)
        if subject.name in RAW:
            yield from raw.raw(subject)
            yield from values.long_certificates(subject)
        if subject in quick:
            yield from fields.fields(subject)
            yield from values.values(subject)
            yield from foreign.foreign(subject, quick)
            yield from steps.steps(subject)
            if subject.has(POINT):
                yield from chain(point.point(subject), point.minimum(subject))
            yield from chain.from_iterable(family(subject) for family in FAMILIES)
        if len(subject.inputs) <= MOST_SAMPLES:
            yield from fitted.fitted(subject)
    for subject in trained:
        yield from _trained(subject)


def _trained(subject: Subject) -> Iterator[Case]:
    yield Case(subject.name, "as it is", subject.good.texts, PROVED)
    yield from values.harmless(subject)
    yield from foreign.hashes(subject)
    yield from fields.fields(subject)
    yield from values.values(subject)
    yield from steps.steps(subject)
    yield from lemma_claims.lemma_claims(subject)
    yield from examined.examined(subject)


def _box_last(good: Good) -> Good:
    """The same with the step that takes longest to check at the end, so that most changes are found before it."""
    steps = sorted(good.certificate["steps"], key=lambda step: step["lemma"] == BOX)
    return Good(good.name, good.instance, {**good.certificate, "steps": steps}, good.files)


def is_quick(subject: Subject) -> bool:
    """Whether a check is so quick that thousands of changes can be tried."""
    deep = subject.has(FITTED) and subject.depth > 2
    return len(subject.inputs) <= MOST_SAMPLES and subject.good.certificate["precision"] <= 256 and not deep
