"""What becomes of an alert that no rule speaks for any more: it closes, or a person has to close it."""

from __future__ import annotations

from datetime import date, datetime

from registry.alerts.lifecycle import calm, close_by_itself, is_past, rouse, say_it_is_past
from registry.alerts.loading.cases import Person
from registry.alerts.log import Log
from registry.alerts.models import Alert
from registry.alerts.rulebook import Evaluation, Tier, rule


def leave_with_episode(alert: Alert, person: Person, *, now: datetime, log: Log) -> None:
    """The episode ended: the alert closes; what was urgent only a person closes, of whoever died without a clock.

    A death entered in error stopped the clock of somebody who lives: it runs again.
    """
    if alert.tier != Tier.URGENT and not is_past(alert):
        close_by_itself(alert, "The episode ended", now=now, log=log)
        return
    clinic, has_died = person.clinics[alert.clinic_id], person.snapshot.died_on is not None
    (calm if has_died else rouse)(alert, clinic, now, log)
    because = "The person died" if has_died else "The episode ended"
    say_it_is_past(alert, because, on=clinic.today(now), now=now, log=log)


def withdraw(alert: Alert, evaluation: Evaluation, *, on: date, now: datetime, log: Log) -> None:
    """What the alert said is no longer true: it closes; what is urgent says so, and only a person closes it."""
    if alert.tier == Tier.URGENT:
        because = evaluation.settled.get(alert.rule, "No longer so by what is on record")
        say_it_is_past(alert, because, on=on, now=now, log=log)
        return
    speaks_for_it = next((each.by for each in evaluation.swallowed if each.finding.rule == alert.rule), None)
    if speaks_for_it is not None:
        because = f"Part of another alert now: {rule(speaks_for_it).title.lower()}"
    else:
        because = evaluation.settled.get(alert.rule, "It is no longer true")
    close_by_itself(alert, because, now=now, log=log)
