"""What was agreed with a person: a safety plan, and goals."""

from __future__ import annotations

from datetime import timedelta

from registry.plans import actions as plans
from registry.plans.facts import PlanFacts
from registry.plans.queries import last_number, list_goals, list_versions, plan_in_force
from tests.timetravel.deeds.stage import Stage


def make_plan(stage: Stage) -> None:
    """A first safety plan, or the present one gone through again."""
    chance, on = stage.chance, stage.day()
    facts = PlanFacts(
        written_on=on,
        review_on=on + timedelta(days=chance.randrange(20, 90)) if chance.random() < 0.5 else None,
        took_part="The person",
        sections={"signs": "No sleep"},
    )
    plans.write_plan(
        patient_id=stage.person.patient_id,
        clinic_id=stage.place.clinic_id,
        kind="safety",
        facts=facts,
        opened_number=last_number(stage.person.patient_id, "safety"),
        by=stage.by,
    )


def withdraw_plan(stage: Stage) -> None:
    version = plan_in_force(list_versions(stage.person.patient_id, "safety"), "safety")
    if version is not None:
        plans.withdraw_plan(version=version, why="Another person", opened_version=version.version, by=stage.by)


def talk_about_goals(stage: Stage) -> None:
    """A first goal; then how far they are, and now and then that it is reached."""
    chance, today = stage.chance, stage.place.today()
    goal = next(iter(list_goals(stage.person.patient_id, only_open=True)), None)
    if goal is None:
        plans.set_goal(
            patient_id=stage.person.patient_id,
            clinic_id=stage.place.clinic_id,
            words="Keep the flat",
            on=today,
            by=stage.by,
        )
    elif chance.random() < 0.8:
        plans.rate_goal(goal=goal, clinic_id=stage.place.clinic_id, on=today, rating=chance.randrange(11), by=stage.by)
    else:
        plans.end_goal(
            goal=goal, how="reached", on=today, words="Lease signed", opened_version=goal.version, by=stage.by
        )
