"""The words of the people around a patient, of legal status and of advance directives, and what they allow. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

RELATIONS: Mapping[str, str] = {
    "kin": "Family or partner",
    "friend": "Friend or neighbour",
    "guardian": "Guardian",
    "conservator": "Conservator",
    "proxy": "Health-care proxy",
    "payee": "Representative payee",
    "probation": "Probation or parole officer",
    "residence": "Staff of the residence",
    "other": "Somebody else",
}

APPOINTED = frozenset({"guardian", "conservator", "proxy"})
"""Whoever decides for somebody as one of these does so on the strength of a document."""

LEGAL_STATUSES: Mapping[str, str] = {
    "voluntary": "Voluntary",
    "commitment": "Commitment",
    "outpatient-order": "Outpatient treatment order",
}

ORDERED = frozenset({"commitment", "outpatient-order"})
"""What a court or a physician ordered: it has an end, and somebody has to act before it comes."""

DIRECTIVES: Mapping[str, str] = {
    "made": "There is one",
    "none": "Asked: there is none",
    "asked-no-answer": "Asked, no answer",
}


def is_in_force(day: date, *, starts_on: date | None, ends_on: date | None) -> bool:
    """Whether something that holds from ``starts_on`` to ``ends_on``, both included, holds on ``day``.

    An empty date leaves that side open.
    """
    return (starts_on is None or starts_on <= day) and (ends_on is None or day <= ends_on)
