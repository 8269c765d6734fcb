"""What is tried in an episode, and what the person wants, as rows: the drawn life says with whom. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

from registry.demo.bodies import Taken, observed
from registry.demo.chance import happens
from registry.demo.remedies import GOALS, MEDICINES, THERAPIES
from registry.demo.spans import workday
from registry.physical.facts import ObservationFacts
from registry.physical.models import Observation
from registry.plans.models import Goal, GoalRating
from registry.treatment.models import TreatmentTrial, TrialStep

if TYPE_CHECKING:
    import uuid

    from registry.demo.crowd.history import History
    from registry.demo.crowd.ledger import Ledger

_WITH_MEDICINE, _WITH_THERAPY, _WITH_GOAL = 0.8, 0.35, 0.6
"""Shares of people."""
_WRITTEN_AT = time(15, 20)


def write(history: History, ledger: Ledger, roll: Random, *, until: date) -> None:
    """Write down what began between enrolment and ``until``, and what was weighed and counted meanwhile."""
    begun: date = history.care.episode["enrolled_on"]
    taken = []
    if happens(roll, _WITH_MEDICINE):
        taken = _medicine(history, ledger, roll, workday(begun + timedelta(days=roll.randint(0, 14))), until)
    _body(history, ledger, observed(roll, taken, begun_on=begun, until=until))
    if happens(roll, _WITH_THERAPY):
        _therapy(history, ledger, roll, workday(begun + timedelta(days=roll.randint(7, 40))), until)
    if happens(roll, _WITH_GOAL):
        _goal(history, ledger, roll, workday(begun + timedelta(days=roll.randint(0, 14))), until)


def _medicine(history: History, ledger: Ledger, roll: Random, on: date, until: date) -> list[Taken]:
    """Begun, and raised while the course asks for it: each dose is given its weeks."""
    if on > until:
        return []
    medicine = roll.choice(MEDICINES[history.group])
    prescriber = _prescriber(history)
    trial = ledger.write(
        TreatmentTrial,
        kind="medication",
        name=medicine.name,
        medicine_class=medicine.medicine_class,
        ingredient=medicine.ingredient,
        **_noted(history, on, by=prescriber),
    )
    kind, changes = "start", []
    for amount in medicine.amounts:
        dose = {"amount": Decimal(amount), "unit": "mg"}
        ledger.write(
            TrialStep, trial_id=trial["id"], kind=kind, happened_on=on, **dose, **_noted(history, on, by=prescriber)
        )
        changes.append(on)
        kind, on = "change", workday(on + timedelta(days=roll.randint(21, 60)))
        if on > until or not happens(roll, 0.6):
            break
    return [Taken(medicine.keys, changes[0], until, changes)]


def _body(history: History, ledger: Ledger, found: Sequence[ObservationFacts]) -> None:
    """Everything is written down on the day it was taken."""
    by = history.team.who("care_manager").id
    for each in found:
        about = {
            name: getattr(each, name) for name in ("kind", "taken_on", "value", "second", "unit", "choice", "source")
        }
        ledger.write(Observation, **about, **_noted(history, each.taken_on, by=by))


def _therapy(history: History, ledger: Ledger, roll: Random, on: date, until: date) -> None:
    if on > until:
        return
    by = history.team.who("care_manager").id
    trial = ledger.write(TreatmentTrial, kind="therapy", name=roll.choice(THERAPIES), **_noted(history, on, by=by))
    about = {"trial_id": trial["id"], "frequency": "weekly"}
    ledger.write(TrialStep, kind="start", happened_on=on, **about, **_noted(history, on, by=by))
    over = workday(on + timedelta(weeks=roll.randint(12, 24)))
    if over <= until:
        about |= {"frequency": "", "reason": "completed"}
        ledger.write(TrialStep, kind="stop", happened_on=over, **about, **_noted(history, over, by=by))


def _goal(history: History, ledger: Ledger, roll: Random, on: date, until: date) -> None:
    """Set, and rated every few weeks."""
    if on > until:
        return
    by = history.team.who("care_manager").id
    goal = ledger.write(Goal, words=roll.choice(GOALS), set_on=on, **_noted(history, on, by=by))
    rating = roll.randint(0, 4)
    while on <= until:
        about = {"goal_id": goal["id"], "rated_on": on, "rating": rating}
        ledger.write(GoalRating, **about, **_noted(history, on, by=by))
        on = workday(on + timedelta(days=roll.randint(30, 70)))
        rating = min(10, max(0, rating + roll.choice([-1, 0, 1, 1, 2, 2])))


def _prescriber(history: History) -> uuid.UUID:
    """Who writes it down where the prescriber is of another house: the care manager."""
    return (history.team.member("prescriber") or history.team.who("care_manager")).id


def _noted(history: History, on: date, *, by: uuid.UUID) -> dict[str, Any]:
    return {
        "clinic_id": history.site.clinic_id,
        "recorded_at": history.site.instant(on, _WRITTEN_AT),
        "recorded_by_id": by,
    }
