"""Lemmas about single results of the literature, one per file, one line each here.

They are as trusted as those of `proofs.lemmas`, but none builds on them, the second checker does not know them, and a
check that does not meet one does not load them.
"""

from __future__ import annotations

from proofs.gallery import (
    auer_herbster_warmuth,
    fukumizu_amari,
    safran_shamir,
    venturi_bandeira_bruna,
    yun_sra_jadbabaie,
)
from proofs.kernel import Lemma

GALLERY: dict[str, Lemma] = {
    lemma.name: lemma
    for lemma in (
        yun_sra_jadbabaie.LEMMA,
        auer_herbster_warmuth.LEMMA,
        fukumizu_amari.LEMMA,
        safran_shamir.LEMMA,
        venturi_bandeira_bruna.LEMMA,
    )
}
