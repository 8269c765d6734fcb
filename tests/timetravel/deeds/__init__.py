"""What people do on a day, drawn from the seed of their life: the same seed, person and date do the same."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import date, time
from functools import partial
from random import Random

from sqlalchemy import select, union

from registry.alerts.models import Alert
from registry.alerts.rulebook import Tier
from registry.db.refused import Refused
from registry.db.transaction import end_read
from registry.episodes.models import Episode, Transfer
from registry.extensions import db
from registry.patients.errors import LegalStatusBefore
from tests.timetravel.deeds import agreements, care, contacts, measures, plans, reviews, stays, transfers, treatment
from tests.timetravel.deeds.alerts import answer_alert
from tests.timetravel.deeds.stage import Deed, Stage
from tests.timetravel.life import Life, Moment, local_days

_BUSY = 0.25
"""How often somebody does something about a person of a clinic on one day."""
_ANSWERED = 0.95
"""How often an urgent alert is answered on a day."""

_ABOUT_ALERTS = frozenset({answer_alert})
_DEEDS: Mapping[Deed, float] = {
    measures.give_phq9: 8,
    measures.give_asrm: 3,
    measures.ask_about_work: 2,
    measures.correct_measure: 2,
    measures.withdraw_measure: 1,
    measures.finish_draft: 1,
    contacts.contact: 7,
    contacts.attempt: 2,
    contacts.seen_elsewhere: 1,
    contacts.correct_contact: 1,
    contacts.withdraw_contact: 1,
    contacts.report_danger: 0.7,
    care.move_on: 2,
    care.pause: 1,
    care.end: 0.5,
    care.refer: 2,
    care.come_back: 3,
    care.die: 0.3,
    care.change_care_manager: 1,
    care.change_target: 1,
    care.change_cadence: 1,
    agreements.take_consent_back: 0.5,
    agreements.consent_anew: 1,
    agreements.set_legal_status: 1,
    agreements.prolong_order: 0.5,
    agreements.end_legal_status: 0.5,
    transfers.propose_transfer: 1,
    transfers.answer_transfer: 3,
    transfers.call_transfer_off: 0.5,
    treatment.start_treatment: 1.5,
    treatment.change_treatment: 1,
    treatment.stop_treatment: 0.7,
    treatment.inject: 3,
    treatment.ask_about_adherence: 0.5,
    treatment.correct_injection: 0.7,
    treatment.withdraw_treatment: 0.2,
    stays.go_in: 0.5,
    stays.come_out: 1,
    stays.still_there: 0.3,
    stays.call_there: 0.5,
    stays.lose_or_find: 0.3,
    stays.visit_emergency: 0.3,
    plans.make_plan: 1.5,
    plans.withdraw_plan: 0.3,
    plans.talk_about_goals: 0.7,
    reviews.review: 3,
    reviews.follow_advice: 4,
    reviews.ask_psychiatrist: 1,
    answer_alert: 6,
}
"""What is done, and how often in comparison."""


def deeds(life: Life, day: date, *, about_alerts: bool = True) -> Iterator[Moment]:
    """What is done within the UTC ``day``. Without ``about_alerts`` nobody touches an alert."""
    in_danger = _urgent(life) if about_alerts else frozenset()
    in_care = _in_care(life)
    for place, local_day in local_days(life, day):
        elsewhere = tuple(each for each in life.places if each != place)
        for person in life.people:
            here = person.patient_id, place.clinic_id
            if place not in person.places and here not in in_care:
                continue
            chance = Random(f"{life.seed} {person.name} {place.name} {local_day}")
            is_office_hour = chance.random() < 0.9
            wall = time(chance.randrange(9, 17) if is_office_hour else chance.randrange(18, 24), chance.randrange(60))
            at, stage = place.at(local_day, wall), Stage(chance, person, place, elsewhere)
            if at.date() != day:
                continue
            deed = chance.choices(list(_DEEDS), weights=list(_DEEDS.values()))[0] if chance.random() < _BUSY else None
            is_answered = chance.random() < _ANSWERED
            if is_answered and here in in_danger:
                yield Moment(at, partial(answer_alert, stage))
            if deed is not None and (about_alerts or deed not in _ABOUT_ALERTS):
                yield Moment(at, partial(_unless_refused, deed, stage))


Known = Collection[tuple[uuid.UUID, uuid.UUID]]
"""Patients, each with a clinic."""


def _urgent(life: Life) -> Known:
    """Patient and clinic of every urgent alert as the day begins."""
    rows = db.session.execute(
        select(Alert.patient_id, Alert.clinic_id).where(
            Alert.patient_id.in_(life.patient_ids), Alert.closed_at.is_(None), Alert.tier == Tier.URGENT
        )
    ).all()
    end_read()
    return {(row.patient_id, row.clinic_id) for row in rows}


def _in_care(life: Life) -> Known:
    """Whom a clinic has an open episode of as the day begins, or is asked to take over."""
    cared_for = select(Episode.patient_id, Episode.clinic_id).where(Episode.ended_on.is_(None))
    offered = select(Transfer.patient_id, Transfer.to_clinic_id).where(Transfer.state == "proposed")
    rows = db.session.execute(union(cared_for, offered)).all()
    end_read()
    return {(patient_id, clinic_id) for patient_id, clinic_id in rows}


def _unless_refused(deed: Deed, stage: Stage) -> None:
    with suppress(Refused, LegalStatusBefore):  # what the form would have refused as well
        deed(stage)
