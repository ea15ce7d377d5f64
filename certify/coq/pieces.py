"""The parts of a Coq file: definitions, and theorems with their proofs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A definition, a computation or a theorem.

    Attributes:
        statement: what it says, for a theorem; empty for what theorems are made of.
    """

    name: str
    text: str
    statement: str = ""


def definition(name: str, kind: str, term: str, comment: str = "") -> Piece:
    return Piece(name, f"{_comment(comment)}Definition {name} : {kind} :=\n  {term}.")


def computation(name: str, term: str) -> Piece:
    """A check of the library that Coq's virtual machine runs."""
    return Piece(name, f"Lemma {name} :\n  {term} = true.\nProof. vm_cast_no_check (eq_refl true). Qed.")


def theorem(name: str, statement: str, proof: str, comment: str) -> Piece:
    return Piece(
        name, f"{_comment(comment)}Theorem {name} :\n  ({statement})%R.\nProof. follows_from ({proof}). Qed.", statement
    )


def _comment(text: str) -> str:
    return f"(** {text} *)\n" if text else ""
