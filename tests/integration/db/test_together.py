"""``Together``: several selects as one statement, which says what each says alone."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import select

from registry.access import scope
from registry.access.reading import ReadTogether, rows_of
from registry.accounts.models import Membership, User
from registry.clinics.models import Clinic
from registry.db.among import among
from registry.db.together import Together
from registry.db.word import word
from registry.episodes.models import Episode, TrackedMeasure
from registry.extensions import db
from registry.measurements.models import StandingRow
from registry.patients.models import Patient
from tests.builders import a_clinic, a_patient, a_user, an_episode
from tests.integration.measurements.statements import statements_of

_NAMES = select(User.id, User.name, User.is_active, User.name.label("called")).order_by(User.name.desc())
_ROLES = select(Membership.clinic_id, Membership.role, Membership.starts_on, Membership.ends_on).order_by(
    Membership.role, Membership.id
)
_NOBODY = select(User.name, User.id).where(User.name == word("Nobody"))
_HOURS = select(Clinic.opening_hours).order_by(Clinic.name)
_EPISODES = select(Episode.patient_id, Episode.id, Episode.enrolled_on).where(among(Episode.patient_id, "patient_ids"))
_TRACKED = (
    select(TrackedMeasure.patient_id, TrackedMeasure.scale, TrackedMeasure.cadence_days)
    .where(among(TrackedMeasure.patient_id, "patient_ids"), among(TrackedMeasure.scale, "scales"))
    .order_by(TrackedMeasure.scale.desc())
)
_STANDINGS = select(StandingRow.patient_id, StandingRow.percent).where(among(StandingRow.patient_id, "patient_ids"))
_CARE = Together(_EPISODES, _TRACKED)


def test_each_part_has_the_rows_it_has_alone_in_its_own_order(app: Flask) -> None:
    parts: tuple[Any, ...] = (_NOBODY, _NAMES, _ROLES, _HOURS)
    with app.app_context():
        for name, role in (("Ana", "care_manager"), ("Bo", "psychiatrist"), ("Cy", "clinic_lead")):
            a_user(name=name, role=role, clinic=a_clinic(f"Clinic of {name}"))
        together = Together(*parts)
        found = together.apart(db.session.execute(together.statement).all(), db.engine.dialect)
        alone = {part: [tuple(row) for row in db.session.execute(part)] for part in parts}
    assert {part: [tuple(row) for row in rows] for part, rows in found.items()} == alone
    assert [row.called for row in found[_NAMES]] == ["Cy", "Bo", "Ana"]
    assert all(isinstance(row.starts_on, date) and row.ends_on is None for row in found[_ROLES])


def test_what_was_read_together_is_handed_out_and_of_anybody_else_read_by_itself(app: Flask) -> None:
    both = ["gad-7:total", "phq-9:total"]
    with app.app_context(), scope.all_patients(reason="test"):
        clinic = a_clinic()
        ids = [a_patient(clinic=clinic).id for _ in range(3)]
        for id_, tracked in zip(ids, (both[1:], both, both[:1]), strict=True):
            an_episode(patient=db.session.get_one(Patient, id_), tracked=tracked)
        read = ReadTogether(_CARE, ids[:2], {"scales": both})

        def asked(statement: Any, *people: uuid.UUID) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in read(statement, {"patient_ids": people, "scales": both})]

        assert statements_of(db.engine, lambda: [asked(_TRACKED, ids[1]), asked(_EPISODES, *ids[:2])]) == []
        assert [scale for _, scale, _ in asked(_TRACKED, ids[1])] == both[::-1]
        for statement, people in ((_EPISODES, ids[:2]), (_TRACKED, ids[2:]), (_STANDINGS, ids)):
            alone = rows_of(statement, {"patient_ids": people, "scales": both})
            assert asked(statement, *people) == [tuple(row) for row in alone] != []
        fewer = read(_TRACKED, {"patient_ids": ids[:2], "scales": both[:1]})
        assert [row.scale for row in fewer] == both[:1], "what was read together was asked with other values"
