"""Trying a number of a rule on the last 90 days before it is saved."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from registry.access import scope
from registry.administration import rule_preview
from registry.administration.rule_preview import RulePreview, can_be_tried, preview_number
from registry.administration.trials import in_turn
from registry.administration.views import rule_preview as views
from registry.administration.views.rule_preview import show_preview
from registry.alerts.clinic_numbers import numbers_at, shipped
from registry.alerts.models import RuleNumber
from registry.alerts.parameters import ClinicNumber
from registry.alerts.past.replay import rules_of
from registry.audit.recorder import record_alone
from registry.clinics.models import Clinic
from registry.db.transaction import end_read
from registry.extensions import db
from tests.builders import a_patient, an_episode
from tests.integration.administration.conftest import House
from tests.integration.measurements.statements import statements_of
from tests.pages import fields_of, fill_in, page_of, send, words

RULES = "/administration/rules"
LIMIT = "engage.first-follow-up.limit"
CLINICAL = "target.off.after"
TRY = {"choice": "own", "try": "yes"}
BUTTON = "See what it would do"


def _address(house: House, parameter: str = LIMIT) -> str:
    signature = "/signature" if shipped().parameters[parameter].clinical else ""
    return f"{RULES}/{house.harbor}/{parameter}{signature}"


def _try(house: House, number: str, parameter: str = LIMIT, *, who: str = "lead") -> TestResponse:
    return fill_in(house.browser_of(who), _address(house, parameter), {**TRY, "number": number})


def _previewed(house: House, number: int, parameter: str = LIMIT, *, seconds: float = 60) -> RulePreview:
    with house.app.app_context(), scope.all_patients(reason="test"):
        now = numbers_at(house.harbor)
        clinic = db.session.get_one(Clinic, house.harbor)
        then = now.at_clinic({parameter: ClinicNumber(number)})
        return preview_number(clinic=clinic, parameter=parameter, now=now, then=then, seconds=seconds)


def test_a_lead_sees_what_another_number_would_have_done_and_of_whom_and_nothing_is_stored(house: House) -> None:
    answer = _try(house, "35")
    said = words(answer)

    assert answer.status_code == 200
    assert "With 35 days instead of 28 days, something would have been different for 1 person." in said
    assert "12 Dec 2025 to 12 Mar 2026, 1 person of the clinic. Nothing is saved yet." in said
    assert "Later: action on 9 Feb instead of 2 Feb" in said
    assert "Marisol Vega" in said
    assert f"/patients/{house.patient}" in answer.text
    with house.app.app_context():
        assert db.session.scalars(select(RuleNumber)).all() == []
        assert numbers_at(house.harbor).get(LIMIT) == 28


def test_who_saw_whom_is_on_record_with_the_number_that_was_tried(house: House) -> None:
    _try(house, "35")

    (act,) = house.acts("rule-number.tried")
    assert (act.actor_id, act.clinic_id, act.kind) == (house.users["lead"], house.harbor, "list")
    assert act.changes == [{"shown": [str(house.patient)], "parameter": LIMIT, "number": 35, "looked_at": 1}]
    assert house.acts("rule-number.set") == []


def test_what_was_typed_stays_and_can_be_saved_from_the_same_page(house: House) -> None:
    browser = house.browser_of("lead")
    tried = fill_in(browser, _address(house), {**TRY, "number": "35", "why": "Agreed on 10 March"})

    assert fields_of(tried)["number"] == "35"
    saved = send(browser, _address(house), tried)

    assert (saved.status_code, saved.location) == (303, RULES)
    with house.app.app_context():
        assert numbers_at(house.harbor).get(LIMIT) == 35


def test_the_number_in_force_makes_no_difference(house: House) -> None:
    found = _previewed(house, 28)

    assert found.lines
    assert (found.differences, found.now) == ([], found.then)
    answer = _try(house, "28")
    assert (answer.status_code, house.acts("rule-number.tried")) == (422, []), "nobody is looked at for it"
    assert "That is the number in force: 28 days." in words(answer)


def test_one_number_is_tried_at_a_time_and_nobody_tries_on_and_on(house: House) -> None:
    another = in_turn(house.app.config["SETTINGS"].data_folder, by=house.users["psychiatrist"])
    with ExitStack() as meanwhile:
        with house.app.app_context():
            meanwhile.enter_context(another)
        answer = _try(house, "35")
    assert (answer.status_code, fields_of(answer)["number"]) == (429, "35")
    assert "Somebody is trying a number at this moment" in words(answer)
    assert _try(house, "35").status_code == 200

    with house.app.app_context():
        for _ in range(9):
            record_alone("rule-number.tried", by=house.user("lead"), clinic_id=house.harbor, kind="list")
    answer = _try(house, "35")
    assert answer.status_code == 429
    assert "You have tried ten numbers within ten minutes" in words(answer)


@pytest.mark.parametrize("migrated_database", ["sqlite"], indirect=True)
def test_no_number_differs_from_itself_and_each_can_be_tried_at_either_end(house: House) -> None:
    with house.app.app_context(), scope.all_patients(reason="test"):
        now, clinic = numbers_at(house.harbor), db.session.get_one(Clinic, house.harbor)
        for parameter in {rules_of(each): each for each in shipped().parameters if can_be_tried(each)}.values():
            bounds = shipped().parameters[parameter]
            assert preview_number(clinic=clinic, parameter=parameter, now=now, then=now).differences == []
            for number in (bounds.least, bounds.most):
                then = now.at_clinic({parameter: ClinicNumber(number)})
                found = preview_number(clinic=clinic, parameter=parameter, now=now, then=then)
                assert found.now.told.total() - found.then.told.total() == sum(
                    (each.now is not None) - (each.then is not None) for each in found.differences
                ), parameter


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"number": "43"}, "Enter a whole number from 14 to 42 days"),
        ({"number": "many"}, "Enter a number people can count to"),
        ({"number": ""}, "Enter the number"),
        ({"choice": ""}, "Choose what counts at your clinic"),
    ],
)
def test_a_number_that_cannot_stand_is_not_tried_and_no_reason_is_asked_for(
    house: House, typed: dict[str, str], says: str
) -> None:
    answer = fill_in(house.browser_of("lead"), _address(house), {**TRY, "number": "35", **typed})

    assert answer.status_code == 422
    assert says in words(answer)
    assert "Enter the reason" not in words(answer)
    assert "What it would have done" not in words(answer)
    assert house.acts("rule-number.tried") == []


def test_a_psychiatrist_tries_a_clinical_number_and_a_lead_none(house: House) -> None:
    tried = _try(house, "42", CLINICAL, who="psychiatrist")

    assert tried.status_code == 200
    assert "What it would have done" in words(tried)
    form = fields_of(house.browser_of("psychiatrist").get(_address(house, CLINICAL)))
    for name in ("lead", "manager", "admin"):
        answer = house.browser_of(name).post(_address(house, CLINICAL), data={**form, **TRY, "number": "42"})
        assert answer.status_code in {400, 403}, name


def test_whoever_does_not_list_the_clinics_people_sees_counts_and_no_names(house: House) -> None:
    found = _previewed(house, 35)
    with house.app.test_request_context(), scope.all_patients(reason="test"):
        shown = show_preview(found, now="28 days", then="35 days", may_name=False)

    assert (list(shown.whom), list(shown.patient_ids)) == ([], [])
    assert "no names" in shown.unnamed
    assert [(line.tier, line.told) for line in shown.lines if line.title == "First follow-up"] == [
        ("Action", (1, 1)),
        ("Reminder", (1, 1)),
    ]


@pytest.mark.parametrize("parameter", ["alerts.backlog.days", "transfer.open.answer_within"])
def test_what_no_rule_decides_by_cannot_be_tried(house: House, client: FlaskClient, parameter: str) -> None:
    page = house.browser_of("lead").get(_address(house, parameter))

    assert BUTTON not in words(page)
    assert "This number cannot be tried on past days" in words(page)
    assert send(house.browser_of("lead"), _address(house, parameter), page, {**TRY, "number": "5"}).status_code in {
        400,
        404,
    }


def test_of_very_many_people_some_are_looked_at_by_chance_and_the_page_says_so(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    _more_people(house, 3)
    monkeypatch.setattr(rule_preview, "_AT_ONCE", 1)

    slow, again = (_previewed(house, 35, seconds=0) for _ in range(2))
    monkeypatch.setattr(rule_preview, "MOST_PEOPLE", 2)
    many = _previewed(house, 35)

    assert ((slow.looked_at, slow.people), (many.looked_at, many.people)) == ((1, 4), (2, 3))
    assert slow.differences == again.differences
    with house.app.test_request_context(), scope.all_patients(reason="test"):
        said = show_preview(slow, now="28", then="35", may_name=False).looked_at
    assert "1 of 4 people of the clinic, taken by chance" in said


def test_beyond_the_first_those_whom_it_concerns_stand_behind_a_line_that_opens_them(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    _more_people(house, 2)
    monkeypatch.setattr(views, "AT_A_GLANCE", 1)

    page = page_of(_try(house, "35"))

    behind = page.select_one("details:has(table)")
    assert behind is not None
    assert [each.get_text() for each in behind.select("summary")] == ["5 more differences, further back"]
    assert [len(table.select("a.row-name")) for table in page.select("table:has(a.row-name)")] == [1, 5]
    (act,) = house.acts("rule-number.tried")
    assert [len(each["shown"]) for each in act.changes or ()] == [3]


def test_the_statements_do_not_depend_on_how_many_people_there_are(house: House) -> None:
    with house.app.app_context():
        engine = db.engine
    few = statements_of(engine, lambda: _previewed(house, 35))
    _more_people(house, 6)
    many = statements_of(engine, lambda: _previewed(house, 35))

    assert len(many) == len(few) <= 24


def _more_people(house: House, number: int) -> None:
    with house.app.app_context(), scope.all_patients(reason="test"):
        clinic = db.session.get_one(Clinic, house.harbor)
        for _ in range(number):
            an_episode(patient=a_patient(clinic=clinic), clinic=clinic, enrolled_on=date(2026, 1, 5))
        end_read()
