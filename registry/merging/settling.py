"""What there can be only one of, or only in one order, settled before the rows of two records come together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from registry.accounts.models import User
from registry.alerts.joining import join_safety_alerts
from registry.extensions import db
from registry.merging.queries import Record
from registry.merging.rules import CHOSEN, OTHER, give_way
from registry.patients.models import AdvanceDirective, Patient, PayerPeriod
from registry.patients.rules import search_name
from registry.plans.models import PlanVersion
from registry.plans.rules import PLANS

DIRECTIVE = "advance_directive"
"""The name of the choice between two advance directives."""
_DIRECTIVE_COLUMNS = ("answer", "made_on", "kept_at", "note")


def settle(kept: Record, other: Record, choices: Mapping[str, str], *, now: datetime, by: User) -> None:
    """Belongs inside ``write()``. ``choices``: column of ``rules.CHOSEN``, or ``DIRECTIVE`` → whose value stands."""
    choose_identity(kept.patient, other.patient, choices)
    _choose_directive(kept, other, takes_other=choices.get(DIRECTIVE) == OTHER)
    _give_way_to_primary_payers(kept, other)
    for kind in PLANS:
        _number_plans(_plans(kept, kind), _plans(other, kind))
    words = "Two records of this person were made one"  # no number: after an undo not every reader may see both
    join_safety_alerts(patient_ids=(kept.patient.id, other.patient.id), words=words, now=now, by=by)
    db.session.flush()


def choose_identity(kept: Patient, other: Patient, choices: Mapping[str, str]) -> None:
    """Write the values chosen from the other record."""
    for column in CHOSEN:
        if choices.get(column) == OTHER:
            value = getattr(other, column)
            setattr(kept, column, list(value) if isinstance(value, list) else value)
    name_for_search(kept)


def name_for_search(patient: Patient) -> None:
    """Have the person found by the name that stands now."""
    folded = search_name(family=patient.legal_family, given=patient.legal_given, used=patient.used_name)
    if patient.search_name != folded:
        patient.search_name = folded


def _choose_directive(kept: Record, other: Record, *, takes_other: bool) -> None:
    """There is one a person. Its row stays where it is: the chosen words stand in it."""
    if not (takes_other and kept.rows[DIRECTIVE] and other.rows[DIRECTIVE]):
        return
    ((key, _),) = kept.rows[DIRECTIVE].items()
    (chosen,) = other.rows[DIRECTIVE].values()
    directive = db.session.get_one(AdvanceDirective, key[0])
    for column in _DIRECTIVE_COLUMNS:
        setattr(directive, column, chosen[column])


def _give_way_to_primary_payers(kept: Record, other: Record) -> None:
    """Where both have a primary payer on one day, that of the record that stays is it."""
    primary = [(row["starts_on"], row["ends_on"]) for row in kept.rows["payer_period"].values() if row["is_primary"]]
    for key, row in other.rows["payer_period"].items():
        if row["is_primary"] and give_way(primary, (row["starts_on"], row["ends_on"])):
            db.session.get_one(PayerPeriod, key[0]).is_primary = False


def _plans(record: Record, kind: str) -> list[PlanVersion]:
    ids = [key[0] for key, row in record.rows["plan_version"].items() if row["kind"] == kind]
    return sorted((db.session.get_one(PlanVersion, id_) for id_ in ids), key=lambda plan: plan.number)


def _number_plans(kept: Sequence[PlanVersion], other: Sequence[PlanVersion]) -> None:
    """The plan talked through last is the one in force: its record's versions are counted on from the other's."""
    if not (kept and other):
        return
    earlier, later = sorted((kept, other), key=lambda plans: (max(plan.written_on for plan in plans), plans is kept))
    for plan in reversed(later):
        plan.number += earlier[-1].number
        db.session.flush()  # one by one from the last: no two ever share a number
