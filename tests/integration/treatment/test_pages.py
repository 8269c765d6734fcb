"""The pages over treatments, as a care manager and two colleagues meet them."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from registry.access import scope
from registry.audit.models import AuditEvent
from registry.episodes.models import Episode
from registry.extensions import db
from registry.treatment.models import Injection, TreatmentTrial, TrialStep
from registry.treatment.queries import list_courses
from registry.treatment.rules import dose_words, next_injection_on
from tests.integration.caseload.conftest import Statements
from tests.integration.contacts.conftest import Case
from tests.pages import fields_of, fill_in, page_of, send, words

LITHIUM = {
    "name": "lithium",
    "medicine_class": "mood-stabiliser",
    "ingredient": "lithium",
    "amount": "600",
    "unit": "mg",
    "happened_on": "2026-01-05",
}
DEPOT = {"product": "haloperidol-decanoate", "amount": "100", "every_days": "28", "happened_on": "2026-02-02"}


def _url(case: Case) -> str:
    return f"/patients/{case.patient_id}/treatment"


def _start(case: Case, kind: str = "medication", **typed: str) -> uuid.UUID:
    """Start a treatment as the care manager, and return its id."""
    values = {"medication": LITHIUM, "injection": DEPOT}[kind] | typed
    answer = fill_in(case.browser_of("care_manager"), f"{_url(case)}/{kind}/new", values)
    assert answer.status_code == 303, words(answer)
    with case.app.app_context(), scope.all_patients(reason="test"):
        return db.session.scalars(select(TreatmentTrial.id).order_by(TreatmentTrial.recorded_at.desc())).first()  # type: ignore[return-value]  # just stored


def _standing(case: Case) -> list[str]:
    """The steps that stand, as the rules read them."""
    with case.app.app_context(), scope.within({case.clinic_id}):
        return [
            f"{step.kind} {step.on:%d.%m.} {dose_words(step, course.trial.kind)}".strip()
            for course in list_courses([case.patient_id])
            for step in course.steps
        ]


def test_a_treatment_is_its_start_its_changes_and_its_stop(case: Case) -> None:
    browser, trial = case.browser_of("care_manager"), _start(case)

    changed = {"happened_on": "2026-02-09", "amount": "900.5", "words": "Level 0.5"}
    assert fill_in(browser, f"{_url(case)}/{trial}/change", changed).status_code == 303
    taken = {"happened_on": "2026-03-01", "percent": "0", "source": "person"}
    assert fill_in(browser, f"{_url(case)}/{trial}/adherence", taken).status_code == 303
    stopped = {"happened_on": "2026-03-09", "reason": "side-effects", "words": "Tremor"}
    assert fill_in(browser, f"{_url(case)}/{trial}/stop", stopped).status_code == 303

    assert _standing(case) == ["start 05.01. 600 mg a day", "change 09.02. 900.5 mg a day", "stop 09.03."]
    said = words(browser.get(_url(case)))
    assert "Changed: 900.5 mg a day" in said
    assert "0 % taken, the person says so, 11 days ago" in said
    assert "5 Jan 2026 to 9 Mar 2026, 9 weeks" in said
    with case.app.app_context():
        acts = set(db.session.scalars(select(AuditEvent.action).where(AuditEvent.action.startswith("treatment."))))
    assert {"treatment.started", "treatment.changed", "treatment.adherence-noted", "treatment.stopped"} <= acts


def test_where_no_clozapine_was_taken_the_day_of_the_last_dose_is_asked_for(case: Case) -> None:
    url = f"{_url(case)}/{_start(case, ingredient='clozapine', name='clozapine')}/adherence"
    browser, none = case.browser_of("care_manager"), {"percent": "0", "source": "person", "words": "Threw it away"}

    refused = fill_in(browser, url, none)

    assert refused.status_code == 422
    assert "Enter the day of the last dose" in words(refused)
    assert fields_of(refused)["words"] == "Threw it away"
    assert fill_in(browser, url, none | {"last_taken_on": "2026-03-10"}).status_code == 303


@pytest.mark.parametrize(
    ("form", "typed", "complaint"),
    [
        ("change", {"happened_on": "2026-01-04", "amount": "900"}, "not before the treatment started"),
        ("change", {"happened_on": "2026-03-13", "amount": "900"}, "not later than today (12 Mar 2026)"),
        ("change", {"happened_on": "2026-02-01", "amount": "0"}, "Enter an amount above 0"),
        ("change", {"happened_on": "2026-02-01", "amount": "1.005"}, "at most two decimal places"),
        ("change", {"happened_on": "2026-02-01", "amount": "100001"}, "and at most 100,000"),
        ("change", {"happened_on": "2026-02-01", "amount": "1e999"}, "enter a number, such as 12.5"),
        ("stop", {"happened_on": "2026-02-01"}, "Choose why it was stopped"),
        ("adherence", {"percent": "101", "source": "person"}, "Enter whole percent from 0 to 100"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    case: Case, form: str, typed: dict[str, str], complaint: str
) -> None:
    trial = _start(case)

    answer = fill_in(case.browser_of("care_manager"), f"{_url(case)}/{trial}/{form}", typed)

    assert answer.status_code == 422
    assert complaint in words(answer)
    assert {name: fields_of(answer)[name] for name in typed if name in fields_of(answer)}.items() <= typed.items()
    assert _standing(case) == ["start 05.01. 600 mg a day"]


def test_a_change_of_dose_alone_keeps_the_rhythm_and_the_day_from_which_it_is_started_anew(case: Case) -> None:
    trial = _start(case, "injection", restart_after_days="42")
    changed = {"happened_on": "2026-03-02", "amount": "150"}

    assert fill_in(case.browser_of("care_manager"), f"{_url(case)}/{trial}/change", changed).status_code == 303

    with case.app.app_context(), scope.within({case.clinic_id}):
        steps = list_courses([case.patient_id])[0].steps
    assert [(step.amount, step.every_days, step.restart_after_days) for step in steps] == [(100, 28, 42), (150, 28, 42)]


def test_only_an_injection_that_reached_the_person_moves_the_next_one(case: Case) -> None:
    browser, trial = case.browser_of("care_manager"), _start(case, "injection")
    tries = [
        ("2026-02-02", "given", date(2026, 3, 2)),
        ("2026-03-02", "refused", date(2026, 3, 2)),
        ("2026-03-03", "not-in-stock", date(2026, 3, 2)),
        ("2026-03-05", "given-elsewhere", date(2026, 4, 2)),
    ]
    for on, outcome, next_on in tries:
        typed = {"happened_on": on, "outcome": outcome}
        saved = fill_in(browser, f"{_url(case)}/{trial}/injections/new", typed)
        assert saved.location == f"{_url(case)}{f'?given={on}' if outcome == 'given' else ''}"
        with case.app.app_context(), scope.within({case.clinic_id}):
            (course,) = list_courses([case.patient_id])
            assert next_injection_on(course.steps, course.injections) == next_on, outcome

    with case.app.app_context(), scope.within({case.clinic_id}):
        start = db.session.scalars(select(TrialStep.id)).one()
    (visit,) = page_of(browser.get(f"{_url(case)}?given=2026-02-02")).select(".notice a")
    opened = fields_of(browser.get(visit["href"]))
    assert (opened["kind"], opened["modality"]) == ("treatment", "in-person"), "an injection is no contact by itself"
    assert opened["took_place_on"] == "2026-02-02", "the visit was on the day of the injection"

    late = fill_in(browser, f"{_url(case)}/step/{start}/correct", {"happened_on": "2026-02-03", "why": "Read wrong"})
    assert late.status_code == 422
    assert "Enter a start that is not later than 2 Feb 2026" in words(late)

    twice = fill_in(browser, f"{_url(case)}/{trial}/injections/new", {"happened_on": "2026-03-05", "outcome": "given"})

    assert twice.status_code == 422
    assert "An injection of that day is on record" in words(twice)
    assert "Next due 2 Apr 2026, in 21 days" in words(browser.get(_url(case)))


def test_a_correction_keeps_the_old_entry_and_tells_the_second_editor(case: Case) -> None:
    mine, theirs, trial = case.browser_of("care_manager"), case.browser_of("colleague"), _start(case)
    with case.app.app_context(), scope.within({case.clinic_id}):
        step = db.session.scalars(select(TrialStep.id).where(TrialStep.trial_id == trial)).one()
    address = f"{_url(case)}/step/{step}/correct"
    my_page, their_page = mine.get(address), theirs.get(address)

    send(theirs, address, their_page, {"amount": "450", "why": "Wrong strength"})
    answer = send(mine, address, my_page, {"amount": "300", "why": "Half a tablet"})

    assert answer.status_code == 409
    assert "Started: 450 mg a day" in words(answer)
    assert fields_of(answer)["amount"] == "300"
    assert send(mine, address, answer).status_code == 303
    assert _standing(case) == ["start 05.01. 300 mg a day"]
    void = [each.get_text() for each in page_of(mine.get(_url(case))).select("span.is-void") if "Started" in each.text]
    assert void == ["Started: 450 mg a day", "Started: 600 mg a day"]


def test_a_medicine_under_whatever_name_is_said_to_be_one_that_is_monitored_or_none_and_that_is_put_right(
    case: Case,
) -> None:
    browser = case.browser_of("care_manager")
    leponex = {"name": "Leponex", "medicine_class": "antipsychotic", "happened_on": "2026-01-05"}
    assert "Say whether it is one of these" in words(fill_in(browser, f"{_url(case)}/medication/new", leponex))

    trial = _start(case, **leponex, ingredient="none")
    assert _what_it_is(case, trial) is None
    for chosen in ("clozapine", "none", "clozapine"):
        with case.app.app_context(), scope.within({case.clinic_id}):
            steps = select(TrialStep.id).where(TrialStep.trial_id == trial, TrialStep.status == "final")
            address = f"{_url(case)}/step/{db.session.scalars(steps).one()}/correct"
        corrected = {"ingredient": chosen, "why": "Another name of it"}
        assert fill_in(browser, address, corrected).status_code == 303
        assert _what_it_is(case, trial) == (None if chosen == "none" else chosen)
    with case.app.app_context():
        about = select(AuditEvent).where(AuditEvent.action == "treatment.corrected", AuditEvent.entity_id == trial)
        assert len(db.session.scalars(about).all()) == 3


UNLISTED = {**DEPOT, "product": "other", "name": "Perphenazine enanthate"}


@pytest.mark.parametrize(
    ("kind", "typed"), [("medication", {"name": "quetiapine", "ingredient": "none"}), ("injection", UNLISTED)]
)
def test_a_class_typed_wrong_is_put_right_and_the_history_says_what_it_was(
    case: Case, kind: str, typed: dict[str, str]
) -> None:
    browser, trial = case.browser_of("care_manager"), _start(case, kind, **typed, medicine_class="stimulant")
    with case.app.app_context(), scope.within({case.clinic_id}):
        step = db.session.scalars(select(TrialStep.id)).one()

    corrected = {"medicine_class": "antipsychotic", "why": "Wrong line"}
    assert fill_in(browser, f"{_url(case)}/step/{step}/correct", corrected).status_code == 303

    with case.app.app_context(), scope.within({case.clinic_id}):
        assert db.session.get_one(TreatmentTrial, trial).medicine_class == "antipsychotic"
    assert "Corrects an earlier entry: Wrong line (before: stimulant)" in words(browser.get(_url(case)))


def test_of_an_injection_that_is_not_on_the_list_somebody_says_the_class(case: Case) -> None:
    answer = fill_in(case.browser_of("care_manager"), f"{_url(case)}/injection/new", UNLISTED)

    assert answer.status_code == 422
    assert "Choose the class of the product" in words(answer)


def _what_it_is(case: Case, trial: uuid.UUID) -> str | None:
    with case.app.app_context(), scope.within({case.clinic_id}):
        return db.session.get_one(TreatmentTrial, trial).ingredient


def test_a_start_is_withdrawn_only_with_the_whole_treatment(case: Case) -> None:
    browser, trial = case.browser_of("care_manager"), _start(case)
    with case.app.app_context(), scope.within({case.clinic_id}):
        step = db.session.scalars(select(TrialStep.id)).one()

    alone = fill_in(browser, f"{_url(case)}/step/{step}/entered-in-error", {"why": "Somebody else's"})
    assert alone.status_code == 422
    assert "mark the whole treatment as entered in error" in words(alone)

    assert fill_in(browser, f"{_url(case)}/trial/{trial}/entered-in-error", {"why": "Twin"}).status_code == 303
    assert _standing(case) == []
    assert "Entered in error: Twin" in words(browser.get(_url(case)))


def test_whoever_ends_an_episode_is_told_what_the_person_still_takes(case: Case) -> None:
    browser, stopped = case.browser_of("care_manager"), _start(case)
    _start(case, "injection")
    fill_in(browser, f"{_url(case)}/{stopped}/stop", {"happened_on": "2026-03-01", "reason": "wish"})
    with case.app.app_context(), scope.within({case.clinic_id}):
        episode = db.session.scalars(select(Episode.id)).one()
    address = f"/patients/{case.patient_id}/episodes/{episode}/end"

    shown = words(browser.get(address))

    assert "Still running: Haloperidol decanoate 100 mg every 4 weeks. An ended episode reminds nobody" in shown
    assert "lithium" not in shown
    assert fill_in(browser, address, {"reason": "other", "note": "Dr. Lang gives it"}).status_code == 303


def test_a_dose_of_somebody_else_does_not_exist(case: Case) -> None:
    trial = _start(case, "injection")
    stranger = case.browser_of("stranger")

    for address in ("", "/medication/new", f"/{trial}/change", f"/{trial}/injections/new"):
        assert stranger.get(f"{_url(case)}{address}").status_code == 404
    with case.app.app_context(), scope.within({case.clinic_id}):
        assert db.session.scalars(select(Injection)).all() == []
        assert db.session.scalars(select(TrialStep.amount)).one() == Decimal(100)


def test_the_overview_draws_treatment_and_asks_no_more_for_a_longer_one(case: Case) -> None:
    browser, trial = case.browser_of("care_manager"), _start(case, "injection")
    overview = f"/patients/{case.patient_id}"
    counted = []
    for days in (("2026-02-02",), ("2026-02-09", "2026-02-16", "2026-02-23")):
        for on in days:
            typed = {"happened_on": on, "outcome": "given"}
            assert fill_in(browser, f"{_url(case)}/{trial}/injections/new", typed).status_code == 303
        browser.get(overview)
        with Statements(case.app) as statements:
            said = words(browser.get(overview))
        counted.append((statements.number, said))

    (before, _), (after, said) = counted
    assert before == after
    assert "23 Feb 2026 – Injections Haloperidol decanoate: given" in said
    assert "2 Feb 2026 12 Mar 2026 Medication Haloperidol decanoate 100 mg every 4 weeks" in said
