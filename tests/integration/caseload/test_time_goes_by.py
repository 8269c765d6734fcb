"""What time and an appointment missed do to what a care manager reads: the protocols of a person nobody reaches."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from registry.access import scope
from registry.accounts.models import User
from registry.extensions import db
from registry.life.actions import record_event
from registry.life.facts import EventFacts
from registry.measurements.actions import record_measurement
from registry.plans.actions import write_plan
from registry.plans.facts import PlanFacts
from registry.treatment.actions import note, start_trial
from registry.treatment.facts import InjectionFacts, StepFacts, TrialFacts
from tests.integration.caseload.conftest import NOW, TODAY, Team
from tests.integration.caseload.listed import names, row_of
from tests.pages import fill_in, words

NOT_SEEN = "/caseload?view=not-seen"


def said(team: Team, address: str) -> str:
    """What the care manager reads there now."""
    return words(team.browser_of("care_manager").get(address)).replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_a_no_show_resets_nothing(team: Team) -> None:
    person = team.person(scores={TODAY - timedelta(days=50): 18}, family="Vega")
    team.contact(person, TODAY - timedelta(days=35))
    page, due = f"/patients/{person}", "contact 5 days late"
    assert due in row_of(team.page(NOT_SEEN), "Ada Vega")

    missed = {"kind": "no-show", "reached": "no", "modality": "in-person"}
    assert fill_in(team.browser_of("care_manager"), f"{page}/contacts/new", missed).status_code == 303

    row = row_of(team.page(NOT_SEEN), "Ada Vega")
    assert due in row
    assert "No two-way contact for 35 days" in row
    assert "35 days 1 missed" in row
    assert "Last contact 35 days ago, phone 1 attempt missed since" in said(team, page)


def test_a_lost_patient_keeps_ageing_and_stays_on_every_list(team: Team) -> None:
    person = team.person(
        scores={TODAY - timedelta(days=60): 18, TODAY - timedelta(days=3): 4},
        enrolled_on=TODAY - timedelta(days=60),
        family="Vega",
    )
    team.contact(person, TODAY - timedelta(days=20))
    page = f"/patients/{person}"
    assert "at target, in remission, 3 days ago" in said(team, page)
    assert "Ada Vega" not in said(team, NOT_SEEN)

    with time_machine.travel(NOW + timedelta(days=70), tick=False):
        later = said(team, page)
        assert "18 weeks" in later
        assert "unknown was 4, at target, 9 Mar" in later
        assert "Last contact 90 days ago" in later
        assert "Ada Vega" in said(team, NOT_SEEN)
        assert "Ada Vega" not in said(team, "/caseload?view=at-target")


@pytest.mark.parametrize(("latest", "standing"), [(0, "at target, in remission"), (9, "responding")])
def test_a_fall_from_18_says_by_how_much_and_whether_it_is_remission(team: Team, latest: int, standing: str) -> None:
    person = team.person(scores={TODAY - timedelta(days=50): 18, TODAY: latest})

    assert f"18 → {latest}, −{100 - 100 * latest // 18} % {standing}, today" in said(team, f"/patients/{person}")


def test_an_alert_of_the_timeline_is_told_by_the_clinics_own_day(team: Team) -> None:
    person = team.person(scores={TODAY - timedelta(days=3): 18})
    team.contact(person, TODAY - timedelta(days=35))
    timeline = f"/patients/{person}/timeline?kind=alerts"
    assert "No two-way contact for 35 days" in said(team, timeline)
    assert "Still open, and said as of today" in said(team, timeline)

    with time_machine.travel(datetime(2026, 3, 13, 1, tzinfo=UTC), tick=False):  # 21:00 of 12 March at the clinic
        team.contact(person, TODAY)
        assert "Closed 12 Mar 2026" in said(team, timeline)


def test_what_falls_due_is_all_on_the_persons_page(team: Team) -> None:
    person = team.person(scores={TODAY - timedelta(days=3): 18})
    team.contact(person, TODAY - timedelta(days=35))
    with team.app.app_context(), scope.all_patients(reason="test"):
        manager = db.session.get_one(User, team.users["care_manager"])
        start = StepFacts(kind="start", on=date(2026, 1, 11), every_days=28)
        trial = start_trial(
            patient_id=person,
            clinic_id=team.clinic_id,
            facts=TrialFacts(
                kind="injection",
                name="Haloperidol decanoate",
                product="haloperidol-decanoate",
                medicine_class="antipsychotic",
                start=start,
            ),
            by=manager,
        )
        given = InjectionFacts(on=date(2026, 2, 20), outcome="given")
        note(trial=trial, clinic_id=team.clinic_id, facts=given, by=manager)
        plan = PlanFacts(
            written_on=date(2026, 2, 1), review_on=date(2026, 3, 11), took_part="Ada", sections={"signs": "Pacing"}
        )
        write_plan(patient_id=person, clinic_id=team.clinic_id, kind="safety", facts=plan, opened_number=0, by=manager)
        relapse = replace(plan, review_on=date(2026, 3, 18), sections={"early": "Pacing"})
        write_plan(
            patient_id=person, clinic_id=team.clinic_id, kind="relapse", facts=relapse, opened_number=0, by=manager
        )

    page = said(team, f"/patients/{person}")

    assert "Contact 7 Mar overdue by 5 days" in page
    assert "Look at the safety plan again 11 Mar overdue by 1 day" in page
    assert "Look at the relapse-prevention plan again 18 Mar in 6 days" in page
    assert "Injection: Haloperidol decanoate 20 Mar in 8 days" in page
    assert "PHQ-9 14 Apr in 33 days" in page
    assert "injection 20 Mar" in said(team, "/caseload")
    assert names(team.page("/caseload?due=injection")) == []
    with time_machine.travel(datetime(2026, 3, 13, 19, tzinfo=UTC), tick=False):
        assert len(names(team.page("/caseload?due=injection"))) == 1
    assert "plan 1 Feb, review overdue" in page


def test_a_job_somebody_told_of_as_lost_is_no_longer_shown_as_a_job(team: Team) -> None:
    """A form that says the contrary is older; the next one knows better."""
    person = team.person()

    def is_asked(on: date, work: int) -> None:
        with team.app.app_context(), scope.all_patients(reason="test"):
            record_measurement(
                patient_id=person,
                clinic_id=team.clinic_id,
                instrument="employment",
                taken_on=on,
                mode="interview",
                answers={"work": work},
                by=db.session.get_one(User, team.users["care_manager"]),
            )

    is_asked(date(2026, 2, 1), 1)
    assert "Competitive job 1 Feb" in said(team, "/caseload")

    with team.app.app_context(), scope.all_patients(reason="test"):
        manager = db.session.get_one(User, team.users["care_manager"])
        lost = EventFacts(kind="job-lost", starts_on=date(2026, 3, 2), words="The shop closed")
        record_event(patient_id=person, clinic_id=team.clinic_id, facts=lost, by=manager)
    assert "Job lost 2 Mar" in said(team, "/caseload")
    assert "Job lost, told on 2 Mar 2026" in said(team, f"/patients/{person}/summary")

    is_asked(date(2026, 3, 10), 1)
    assert "Competitive job 10 Mar" in said(team, "/caseload")
