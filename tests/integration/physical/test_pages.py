"""The page over physical health, as a care manager and a colleague meet it."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest
from sqlalchemy import select

from registry.access import scope
from registry.accounts.models import User
from registry.audit.models import AuditEvent
from registry.db.refused import Refused
from registry.extensions import db
from registry.physical.actions import record_observations
from registry.physical.facts import ObservationFacts
from registry.physical.models import Observation
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
    assert "Weight 85.2 kg (12 Mar 2026); Blood pressure 128/82 mmHg (12 Mar 2026)" in summary
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
