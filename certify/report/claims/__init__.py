"""The words for each kind of claim; those of one kind are imported when a certificate makes such a claim."""

from __future__ import annotations

from certify.report.words import Words


def words_for(kind: str) -> Words:
    """The words for claims of a kind, by its name in certificates.

    Raises:
        ValueError: there is no such kind.
    """
    match kind:
        case "suboptimal-local-minimum" | "local-minimum":
            from certify.report.claims.minimum import WORDS
        case "obstruction":
            from certify.report.claims.obstruction import WORDS
        case "suboptimal-fitted-minimum" | "fitted-minimum":
            from certify.report.claims.fitted import WORDS
        case "exceptional-activation":
            from certify.report.claims.exceptional import WORDS
        case "suboptimal-affine-minimum" | "affine-minimum":
            from certify.report.claims.affine import WORDS
        case "examined-minimum" | "examined-saddle" | "examined-slope":
            from certify.report.examined import WORDS
        case "lemma":
            from certify.report.claims.lemma import WORDS
        case _:
            raise ValueError(f"no words for claims of the kind {kind!r}")
    return WORDS
