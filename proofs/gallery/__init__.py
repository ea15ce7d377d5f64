"""Lemmas about single results of the literature, one per file, one line each here.

They are as trusted as those of `proofs.lemmas`, but none builds on them, and the second checker does not know them.
"""

from __future__ import annotations

from proofs.on_demand import OnDemand

GALLERY = OnDemand(
    "proofs.gallery",
    {
        "yun-sra-jadbabaie/1": "yun_sra_jadbabaie",
        "auer-herbster-warmuth/1": "auer_herbster_warmuth",
        "fukumizu-amari/1": "fukumizu_amari",
        "safran-shamir/1": "safran_shamir",
        "venturi-bandeira-bruna/1": "venturi_bandeira_bruna",
    },
)
