"""Answers to a withholding by the kind of its basis: `notes("marking")`. What says `verify` is looked up again."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from requests_app.kits.registry import DATA, unknown
from requests_app.kits.schema import read
from requests_app.kits.shapes import Basis, BasisNotes, Note, RebuttalFile

FEDERAL = "us"

__all__ = ["Basis", "Note", "bases", "notes"]


@cache
def bases() -> Mapping[Basis, BasisNotes]:
    """Every kind of basis with its name, its meaning and its notes, in the order of `Basis`."""
    found = {one.basis: one for one in read(RebuttalFile, DATA / "rebuttals.yaml")[0].bases}
    return {basis: found[basis] for basis in Basis}


def notes(basis_type: str, law_id: str = "") -> tuple[Note, ...]:
    """The notes on one kind of basis; with a law only those that fit it. Raises Refused `unknown_basis`."""
    if basis_type not in list(Basis):
        raise unknown("unknown_basis", basis_type, "basis", Basis)
    found = bases()[Basis(basis_type)].notes
    return tuple(one for one in found if not (one.federal_only and law_id and law_id != FEDERAL))
