"""The page over physical health, as a care manager and a colleague meet it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from registry import clock
from registry.access import scope
from registry.accounts.models import User
from registry.alerts.models import RuleNumber
from registry.audit.models import AuditEvent
from registry.audit.recorder import record
from registry.db.refused import Refused
from registry.db.transaction import write
from registry.extensions import db
from registry.physical.actions import record_observations
from registry.physical.facts import ObservationFacts
from registry.physical.models import Observation
from registry.treatment.actions import note, start_trial
from registry.treatment.facts import AdherenceFacts, StepFacts, TrialFacts
from tests.integration.contacts.conftest import TODAY, Case
from tests.pages import fields_of, fill_in, send, words

VISIT = {
    "source": "here",
    "weight": "82.5",
    "weight-unit": "kg",
    "blood-pressure": "128",
    "blood-pressure-second": "82",
    "smoking": "current",
    "anc": "0",
    "anc-unit": "per µL",
}


def _url(case: Case) -> str:
    return f"/patients/{case.patient_id}/health"


def _ids(case: Case) -> dict[str, uuid.UUID]:
    with case.app.app_context(), scope.within({case.clinic_id}):
        rows = db.session.scalars(select(Observation).where(Observation.status == "final"))
        return {row.kind: row.id for row in rows}


def test_what_was_found_at_a_visit_is_recorded_in_one_form_corrected_and_struck_through(case: Case) -> None:
    browser, colleague = case.browser_of("care_manager"), case.browser_of("colleague")
    assert "No results on record" in words(browser.get(_url(case)))

    assert fill_in(browser, f"{_url(case)}/new", VISIT).location == _url(case)

    page = words(browser.get(_url(case)))
    for said in ("Weight 82.5 kg", "Blood pressure 128/82 mmHg", "Tobacco Smokes now", "Neutrophils (ANC) 0 per µL"):
        assert said in page
    ids = _ids(case)
    correct = f"{_url(case)}/{ids['weight']}/correct"
    opened_before = colleague.get(correct)
    assert fields_of(opened_before)["weight"] == "82.5"
    assert fill_in(browser, correct, {"weight": "85.2", "why": "Digits swapped"}).status_code == 303
    send(colleague, correct, opened_before, {"weight": "80", "why": "Mistyped"})
    assert "A colleague changed that entry meanwhile" in colleague.get(_url(case)).text

    wrong = f"{_url(case)}/{ids['smoking']}/entered-in-error"
    assert fill_in(browser, wrong, {"why": "His brother"}).status_code == 303
    page = words(browser.get(_url(case)))
    assert "Weight 85.2 kg" in page
    assert "replaced by a correction" in page
    assert "entered in error: His brother" in page
    timeline = words(browser.get(f"/patients/{case.patient_id}/timeline?kind=physical"))
    assert "Weight 85.2 kg" in timeline
    summary = words(browser.get(f"/patients/{case.patient_id}/summary"))
    assert "Weight 85.2 kg, Blood pressure 128/82 mmHg (12 Mar 2026)" in summary
    assert "Smokes now" not in summary
    with case.app.app_context(), scope.within({case.clinic_id}):
        done = set(db.session.scalars(select(AuditEvent.action)))
        assert {"observation.recorded", "observation.corrected", "observation.entered-in-error"} <= done


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ({}, "Enter at least one value"),
        ({"weight": "82"}, "Choose the unit: it is never guessed"),
        ({"weight": "820", "weight-unit": "kg"}, "check value and unit"),
        ({"blood-pressure": "128"}, "Enter both values of blood pressure"),
        ({"blood-pressure": "82", "blood-pressure-second": "128"}, "Enter the upper value first"),
        ({"lithium": "0.825", "lithium-unit": "mmol/L"}, "at most two decimal places"),
        ({"weight": "1e1000000", "weight-unit": "kg"}, "Weight: enter a number, such as 12.5"),
        ({"anc": "1e-9999999"}, "enter a number, such as 12.5"),
        ({"hba1c": "six"}, "HbA1c: enter a number, such as 12.5"),
        ({"hba1c": "6.1", "taken_on": "2026-03-13"}, "not later than today"),
        ({"hba1c": "6.1", "source": ""}, "Choose where it is from"),
    ],
)
def test_what_is_impossible_or_lacks_its_unit_is_said_beside_its_field(
    case: Case, entered: dict[str, str], said: str
) -> None:
    answer = fill_in(case.browser_of("care_manager"), f"{_url(case)}/new", {"source": "here"} | entered)

    assert answer.status_code == 422
    assert said in words(answer)
    assert all(fields_of(answer)[name] == value for name, value in entered.items())
    assert _ids(case) == {}


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": "mood", "value": Decimal(1), "unit": "kg"},
        {"kind": "weight", "value": Decimal(820), "unit": "kg"},
        {"kind": "blood-pressure", "value": Decimal(120), "unit": "mmHg"},
        {"kind": "blood-pressure", "value": Decimal(80), "second": Decimal(120), "unit": "mmHg"},
        {"kind": "smoking", "choice": "sometimes"},
    ],
)
def test_what_no_form_asked_about_first_is_refused_as_well(case: Case, facts: dict[str, object]) -> None:
    with case.app.app_context(), scope.within({case.clinic_id}), pytest.raises(Refused):
        record_observations(
            patient_id=case.patient_id,
            clinic_id=case.clinic_id,
            facts=[ObservationFacts(taken_on=TODAY, source="here", **facts)],  # type: ignore[arg-type]  # by name
            by=db.session.get_one(User, case.users["care_manager"]),
        )


def test_what_is_critical_stands_first_on_the_page_and_apart_from_what_is_out_of_range(case: Case) -> None:
    browser = case.browser_of("care_manager")
    found = {"source": "laboratory", "anc": "700", "anc-unit": "per µL", "blood-pressure": "142"}
    fill_in(browser, f"{_url(case)}/new", found | {"blood-pressure-second": "80"})

    page = words(browser.get(_url(case)))
    assert "Critical Critical Neutrophils (ANC) 700 per µL, below 1000" in page
    assert "Out of range Out of range Blood pressure 142/80 mmHg" in page
    assert "Out of range Neutrophils" not in page


def test_clozapine_that_was_missed_stands_among_what_is_critical_where_that_is_signed_for(case: Case) -> None:
    browser = case.browser_of("care_manager")
    with case.app.app_context(), scope.within({case.clinic_id}):
        manager = db.session.get_one(User, case.users["care_manager"])
        start = StepFacts(kind="start", on=TODAY - timedelta(days=30))
        facts = TrialFacts(
            kind="medication", name="Clozapine", medicine_class="antipsychotic", ingredient="clozapine", start=start
        )
        trial = start_trial(patient_id=case.patient_id, clinic_id=case.clinic_id, facts=facts, by=manager)
        missed = AdherenceFacts(on=TODAY, percent=40, source="person", last_taken_on=TODAY - timedelta(days=3))
        note(trial=trial, clinic_id=case.clinic_id, facts=missed, by=manager)
        assert "not taken since" not in words(browser.get(_url(case))), "consensus: off until a psychiatrist signs"
        with write():
            signed = RuleNumber(
                clinic_id=case.clinic_id,
                parameter="medication.critical.clozapine_missed",
                choice="own",
                value=48,
                signed_edition=1,
                why="Our psychiatrist wants it so",
                set_by_id=manager.id,
                set_at=clock.now(),
            )
            db.session.add(signed)
            record("rule.changed", by=manager, subject=signed)
    assert "Critical Critical Clozapine not taken since: re-titrate, do not resume" in words(browser.get(_url(case)))
