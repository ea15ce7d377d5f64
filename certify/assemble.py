"""A certificate of steps that somebody wrote down: the hash, the claim and the packages are filled in."""

from __future__ import annotations

from certify.library import library_of
from proofs.certificate import FORMAT
from proofs.document import Reader, as_text
from proofs.instance import Instance

BITS = 128


def assemble(instance: Instance, steps: object) -> dict[str, object]:
    """The certificate document of an instance and a document of steps.

    Args:
        steps: a JSON object with the `steps` as in a certificate, except that `id` (s1, s2, ..), `premises` (none) and
            `arguments` (none) may be left out; perhaps with a `claim` (default: the conclusion of the last step) and
            a `precision` (default: 128 bits). Nothing else is looked at: `proofs.check` decides what it is worth.

    Raises:
        Malformed: another form.
    """
    root = Reader.of(steps, "steps")
    written = [
        {"id": f"s{number}", "premises": [], "arguments": {}} | item.fields
        for number, item in enumerate(root.sections("steps"), 1)
    ]
    for step, item in zip(written, root.sections("steps"), strict=True):
        step["lemma"] = item.text("lemma")
    claim = root.take("claim") if root.has("claim") else _last(written)
    document: dict[str, object] = {
        "format": FORMAT,
        "instance": instance.hash,
        "precision": root.integer("precision") if root.has("precision") else BITS,
        "claim": claim,
        "steps": written,
    }
    root.finish()
    uses = library_of({as_text(step["lemma"], "lemma") for step in written}).uses
    if uses:
        document["uses"] = [
            {"lemma": use.lemma, "package": use.package, "version": use.version} for use in uses.values()
        ]
    return document


def _last(steps: list[dict[str, object]]) -> dict[str, object]:
    return {"kind": "lemma", "step": steps[-1]["id"], "lemma": steps[-1]["lemma"]} if steps else {}
