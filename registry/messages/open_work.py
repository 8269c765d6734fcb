"""How much is open for somebody, as their own page counts it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from registry.access import scope
from registry.access.policy import clinics_where
from registry.accounts.models import User
from registry.alerts.day.desk import desk_of
from registry.alerts.hours.duty import on_duty_in
from registry.alerts.queries import count_urgent, count_waiting
from registry.clinics.queries import clinics_by_id
from registry.review.queries import MOST_SHOWN as MOST_ADVICE
from registry.review.queries import list_open_for as list_advice_for
from registry.tasks.queries import MOST_SHOWN as MOST_TASKS
from registry.tasks.queries import list_open_for as list_tasks_for

__all__ = ["MOST_ADVICE", "MOST_TASKS", "OpenWork", "open_work_of"]

WITH_ALERTS = "caseload.list"
"""Of whoever has a day's list."""
TASKS_ALONE = "task.answer-own"
"""Of whoever deals with the people of their own teams and sees no list."""


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What waits for one person. What is counted no further than anybody reads is one more than that."""

    urgent: int = 0
    people: int = 0
    """With an alert that is not urgent."""
    advice: int = 0
    tasks: int = 0
    page: str = ""
    """Where it stands: the path of their page."""

    @property
    def is_any(self) -> bool:
        return bool(self.urgent or self.people or self.advice or self.tasks)


def open_work_of(user: User, *, at: datetime) -> OpenWork:
    """What *Mine* on their day shows, over all their clinics; of a peer specialist what colleagues asked."""
    listed, alone = clinics_where(user, WITH_ALERTS), clinics_where(user, TASKS_ALONE)
    with scope.within(listed | alone):
        tasks = len(list_tasks_for(user.id, listed | alone))
        if not listed:
            return OpenWork(tasks=tasks, page="/my-people")
        clinics = clinics_by_id(listed)
        today = {clinic_id: clinic.today(at) for clinic_id, clinic in clinics.items()}
        led, on_duty = clinics_where(user, "work.reassign"), on_duty_in(clinics.values(), at=at)
        desk = desk_of(user.id, today, led=led, on_duty=on_duty)
        return OpenWork(
            urgent=count_urgent(desk),
            people=count_waiting(desk),
            advice=len(list_advice_for(user.id, clinics_where(user, "recommendation.decide") & listed)),
            tasks=tasks,
            page="/my-day?whose=mine",
        )
