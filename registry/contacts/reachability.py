"""Which steps of outreach somebody can take, from what is on record of how to reach the person."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select

from registry.access.roles import Role
from registry.accounts.models import Membership
from registry.contacts.ladder import Reachable, Step, possible_steps
from registry.db.among import among
from registry.extensions import db
from registry.patients.models import ContactPoint

_WAYS = select(ContactPoint.patient_id, ContactPoint.kind, ContactPoint.may_text, ContactPoint.may_email).where(
    among(ContactPoint.patient_id, "patient_ids"), ContactPoint.ended_at.is_(None)
)
_CLINICS_WITH_A_PEER = (
    select(Membership.clinic_id).where(Membership.role == Role.PEER_SPECIALIST, Membership.ends_on.is_(None)).distinct()
)


class Reachability:
    """How some people can be reached, read at once in two statements; none where there are no people."""

    def __init__(self, patient_ids: Collection[uuid.UUID]) -> None:
        self._ways: dict[uuid.UUID, list[Reachable]] = defaultdict(list)
        self._with_a_peer: frozenset[uuid.UUID] = frozenset()
        self._asked = frozenset(patient_ids)
        if not patient_ids:
            return
        for row in db.session.execute(_WAYS, {"patient_ids": list(patient_ids)}):
            self._ways[row.patient_id].append(Reachable(row.kind, may_text=row.may_text, may_email=row.may_email))
        self._with_a_peer = frozenset(db.session.scalars(_CLINICS_WITH_A_PEER))

    def steps(self, patient_id: uuid.UUID, *, clinic_id: uuid.UUID) -> frozenset[Step] | None:
        """What the clinic can try with this person; ``None`` for a person who was not asked for."""
        if patient_id not in self._asked:
            return None
        return possible_steps(self._ways.get(patient_id, ()), has_peer=clinic_id in self._with_a_peer)
