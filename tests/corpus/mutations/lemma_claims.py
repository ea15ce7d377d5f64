"""The conclusion of one step as the claim, and the list of packages, which proves nothing and must be well written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.corpus.corpus import MALFORMED, PROVED, Answer, Case, rejected, undecided
from tests.corpus.subject import Subject

USE = {"lemma": "nobody/1", "package": "certify-example", "version": "1.0"}
BAD_USES: dict[str, Any] = {
    "null": None,
    "an object": USE,
    "a text": [USE["lemma"]],
    "a lemma twice": [USE, USE | {"package": "another"}],
    "no version": [{"lemma": "nobody/1", "package": "certify-example"}],
    "a stranger": [USE | {"hash": "0"}],
    "an empty package": [USE | {"package": ""}],
    "an option for a package": [USE | {"package": "--index-url"}],
    "an address for a package": [USE | {"package": "https://example.org/x.whl"}],
    "a line break after the package": [USE | {"package": "certify-example\n"}],
    "a package of 101 letters": [USE | {"package": "x" * 101}],
    "a package in other letters": [USE | {"package": "cértify"}],
    "an empty version": [USE | {"version": ""}],
    "a version with blanks": [USE | {"version": "1 or so"}],
    "a line break after the version": [USE | {"version": "1.0\n"}],
    "a version of 101 letters": [USE | {"version": "1" * 101}],
}


def lemma_claims(subject: Subject) -> Iterator[Case]:
    steps = subject.good.certificate["steps"]

    def case(change: str, expected: Answer, **claim: Any) -> Case:
        draft = subject.draft()
        draft.certificate["claim"] = {"kind": "lemma"} | claim
        return draft.case(f"claim: {change}", expected)

    wrong = rejected("claim", "CL13")
    for step in steps:
        name, lemma = step["id"], step["lemma"]
        yield case(f"the conclusion of {name}", PROVED, step=name, lemma=lemma)
        yield case(f"the conclusion of {name}, by another version", wrong, step=name, lemma=lemma[:-1] + "2")
        for other in steps:
            if other["lemma"] != lemma:
                yield case(f"the conclusion of {name} by {other['lemma']}", wrong, step=name, lemma=other["lemma"])
    last = steps[-1]
    yield case("the conclusion of no step", wrong, step="", lemma=last["lemma"])
    yield case("the conclusion of a step to come", wrong, step="later", lemma=last["lemma"])
    yield case("the conclusion of a lemma that nobody knows", wrong, step=last["id"], lemma="believe-me/1")
    yield case("a conclusion without its lemma", MALFORMED, step=last["id"])
    yield case("a conclusion without its step", MALFORMED, lemma=last["lemma"])
    yield case("a conclusion in words", MALFORMED, step=last["id"], lemma=last["lemma"], text="no loss is smaller")
    draft = subject.draft()
    draft.certificate["claim"] = {"kind": "lemma", "step": "more", "lemma": "nobody/1"}
    draft.steps.append({"id": "more", "lemma": "nobody/1", "premises": [], "arguments": {}})
    yield draft.case("claim: by a lemma that nobody knows", undecided("more", "KE03"))
    draft.certificate["uses"] = [USE]
    yield draft.case("claim: by a lemma that nobody knows, of a package", undecided("more", "KE03"))
    for change, uses, expected in (
        ("none", [], PROVED),
        ("one that is not used", [USE], PROVED),
        ("one for certify's own lemma", [USE | {"lemma": last["lemma"]}], PROVED),
        *((change, uses, MALFORMED) for change, uses in BAD_USES.items()),
    ):
        draft = subject.draft()
        draft.certificate["uses"] = uses
        yield draft.case(f"packages: {change}", expected)
