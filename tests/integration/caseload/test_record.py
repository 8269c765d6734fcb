"""One person's page: the figure and its table, the strip of figures, the timeline, and who may open it."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from registry.access import scope
from registry.accounts.models import User
from registry.audit.models import AuditEvent
from registry.case_review.queue import review_queue
from registry.caseload.models import CaseloadRow
from registry.caseload.ranking import is_quiet
from registry.contacts.actions import report_danger
from registry.extensions import db
from registry.measurements.actions import mark_entered_in_error, record_measurement
from registry.measurements.instruments import sync_instruments
from registry.measurements.models import Measurement
from tests.elements import Element
from tests.instruments import OWN_INSTRUMENTS, own_instruments
from tests.integration.caseload.conftest import TODAY, Statements, Team


def figure_of(page: Element) -> dict[str, list[dict[str, object]]]:
    island = page.select_one("#course-figure")
    assert island is not None
    found: dict[str, list[dict[str, object]]] = json.loads(island.written)
    return found


def trace(page: Element, name: str) -> dict[str, object]:
    return next(each for each in figure_of(page)["data"] if each["name"] == name)


def words(page: Element) -> str:
    return re.sub(r"\s+", " ", page.get_text(" ").replace("\N{NARROW NO-BREAK SPACE}", " "))


def test_the_figure_and_its_table_hold_the_same_numbers(team: Team) -> None:
    person = team.person(scores={TODAY - timedelta(days=56): 18, TODAY - timedelta(days=28): 12, TODAY: 0})

    page = team.page(f"/patients/{person}")
    course = trace(page, "PHQ-9")

    assert course["y"] == [18.0, 12.0, 0.0]
    cells = [row.get_text(" ", strip=True) for row in page.select(".chart__table tbody")[0].select("tr")]
    assert cells == [
        "12 Mar 2026 8 0 (minimal)",
        "12 Feb 2026 4 12 (moderate)",
        "15 Jan 2026 0 18 (moderately severe, baseline)",
    ]


def test_the_baseline_is_always_drawn(team: Team) -> None:
    person = team.person(
        scores={TODAY - timedelta(days=700): 21, TODAY - timedelta(days=3): 9}, enrolled_on=TODAY - timedelta(days=710)
    )

    baseline = trace(team.page(f"/patients/{person}"), "PHQ-9 baseline")

    assert baseline["y"] == [21.0]


def test_a_gap_is_left_open_and_nothing_is_drawn_for_what_is_missing(team: Team) -> None:
    person = team.person(
        scores={TODAY - timedelta(days=120): 20, TODAY - timedelta(days=100): 19, TODAY - timedelta(days=10): 18},
        enrolled_on=TODAY - timedelta(days=120),
    )

    assert trace(team.page(f"/patients/{person}"), "PHQ-9")["y"] == [20.0, 19.0, None, 18.0]


def test_a_measure_entered_in_error_is_in_no_figure(team: Team) -> None:
    person = team.person(scores={TODAY - timedelta(days=50): 18, TODAY - timedelta(days=5): 27})
    with team.app.app_context(), scope.all_patients(reason="test"):
        wrong = db.session.scalars(select(Measurement).where(Measurement.total_only == 27)).one()
        manager = db.session.get_one(User, team.users["care_manager"])
        mark_entered_in_error(measurement=wrong, why="Another person's form", by=manager)

    page = team.page(f"/patients/{person}")

    assert trace(page, "PHQ-9")["y"] == [18.0]
    assert "27" not in [row.get_text() for row in page.select(".chart__table td")]
    assert "Entered in error" in words(team.page(f"/patients/{person}/timeline"))


def test_the_strip_says_where_the_person_stands(team: Team) -> None:
    person = team.person(scores={TODAY - timedelta(days=50): 18, TODAY - timedelta(days=5): 4})
    team.contact(person, TODAY - timedelta(days=7))

    said = words(team.page(f"/patients/{person}"))

    assert "18 → 4, −78 %" in said
    assert "at target, in remission, 5 days ago" in said
    assert "Last contact 7 days ago, phone no attempts missed after that day" in said
    assert "Safety · PHQ-9 item 9 unknown only a total" in said


def asked(team: Team, person: uuid.UUID, instrument: str, answers: dict[str, int]) -> None:
    """A form completed today, with these answers."""
    with team.app.app_context(), scope.all_patients(reason="test"):
        record_measurement(
            patient_id=person,
            clinic_id=team.clinic_id,
            instrument=instrument,
            taken_on=TODAY,
            mode="interview",
            answers=answers,
            by=db.session.get_one(User, team.users["care_manager"]),
        )


C_SSRS = "c-ssrs-screener"
NO_RISK = {"1": 0, "2": 0, "6": 0}


@pytest.mark.parametrize(
    ("forms", "said"),
    [
        ([(C_SSRS, NO_RISK)], "item 1 0 no today"),
        ([(C_SSRS, NO_RISK | {"1": 1, "6": 1, "6a": 1})], "C-SSRS screener item 6a 1 yes today"),
        ([(C_SSRS, {"1": 0, "2": 0})], "C-SSRS screener item 6 unknown not answered today"),
        ([(C_SSRS, {"1": 0, "2": 0}), ("phq-9", {"9": 0})], "C-SSRS screener item 6 unknown not answered today"),
        ([(C_SSRS, {"1": 0, "2": 0}), (C_SSRS, NO_RISK)], "C-SSRS screener item 1 0 no today"),
        ([(C_SSRS, NO_RISK), ("phq-9", {"9": 1})], "PHQ-9 item 9 1 several days today"),
        ([(C_SSRS, NO_RISK | {"6": 1, "6a": 1}), ("phq-9", {"9": 3})], "C-SSRS screener item 6a 1 yes today"),
    ],
)
def test_the_strip_shows_the_most_pressing_of_all_safety_answers(
    team: Team, forms: list[tuple[str, dict[str, int]]], said: str
) -> None:
    person = team.person()
    for instrument, answers in forms:
        asked(team, person, instrument, answers)

    assert said in words(team.page(f"/patients/{person}"))


def test_a_stale_score_is_unknown_in_the_strip_too(team: Team) -> None:
    person = team.person(scores={TODAY - timedelta(days=50): 4})

    assert "PHQ-9 unknown was 4" in words(team.page(f"/patients/{person}"))


def test_the_page_names_no_server_of_the_chart_library(team: Team) -> None:
    person = team.person(scores={TODAY: 18})

    page = str(team.page(f"/patients/{person}"))

    assert "plot.ly" not in page
    assert "plotly.com" not in page


def test_a_page_title_holds_no_name(team: Team) -> None:
    person = team.person(family="Vega", scores={TODAY: 18})

    for address in ("", "/timeline"):
        title = team.page(f"/patients/{person}{address}").select_one("title")
        assert title is not None
        assert "Vega" not in title.get_text()


def test_somebody_without_an_episode_has_a_page(team: Team) -> None:
    from registry.clinics.models import Clinic
    from tests.builders import a_patient

    with team.app.app_context(), scope.all_patients(reason="test"):
        person = a_patient(clinic=db.session.get_one(Clinic, team.clinic_id)).id

    assert "No episode of care" in words(team.page(f"/patients/{person}"))
    assert "Nothing on record yet" in words(team.page(f"/patients/{person}/timeline"))


def test_everything_stands_in_one_dated_list_a_page_at_a_time(team: Team) -> None:
    days = {TODAY - timedelta(days=7 * week): 10 for week in range(8)}
    person = team.person(scores=days)
    for day in range(1, 50):
        team.contact(person, TODAY - timedelta(days=day))

    first = team.page(f"/patients/{person}/timeline")
    second = team.page(f"/patients/{person}/timeline?page=2")
    entries = len(first.select(".timeline__entry")), len(second.select(".timeline__entry"))

    assert entries[0] == 50
    summary = first.select_one(".pagination-bar__summary")
    assert summary is not None
    assert summary.get_text(strip=True) == f"1–50 of {sum(entries)}"
    assert "PHQ-9 10 (moderate)" in words(first)
    assert "Phase: active" in words(second)


def test_a_longer_history_asks_no_more_of_the_database(team: Team) -> None:
    counted: list[int] = []
    person = team.person(scores={TODAY - timedelta(days=50): 18})
    browser = team.browser_of("care_manager")
    browser.get(f"/patients/{person}")
    for days in ((40, 30), (29, 25, 22, 20, 18, 15, 12, 9, 6, 3)):
        for day in days:
            team.measure(person, {TODAY - timedelta(days=day): 10})
            team.contact(person, TODAY - timedelta(days=day))
        with Statements(team.app) as statements:
            assert browser.get(f"/patients/{person}").status_code == 200
        counted.append(statements.number)

    assert counted[0] == counted[1]
    assert counted[0] <= 36


def test_a_person_of_another_clinic_does_not_exist(team: Team) -> None:
    person = team.person(here=False)
    browser = team.browser_of("care_manager")

    for address in ("", "/timeline", "/summary"):
        assert browser.get(f"/patients/{person}{address}").status_code == 404


def test_opening_a_record_is_on_record(team: Team) -> None:
    person = team.person()
    team.page(f"/patients/{person}")

    with team.app.app_context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "patient.opened")).one()
        assert event.person_id == person


# The people of a peer specialist


def test_a_peer_sees_the_people_of_their_teams_and_no_score(team: Team) -> None:
    from registry.clinics.models import Clinic
    from registry.episodes.facts import TeamPlace
    from tests.builders import a_patient, an_episode

    with team.app.app_context(), scope.all_patients(reason="test"):
        clinic = db.session.get_one(Clinic, team.clinic_id)
        manager = db.session.get_one(User, team.users["care_manager"])
        own = a_patient(clinic=clinic, given="Marisol", family="Vega", phone="555 0100")
        place = TeamPlace(role="peer", user_id=team.users["peer_specialist"])
        an_episode(patient=own, clinic=clinic, care_manager=manager, team=[place])
        own_id = own.id
        report_danger(
            patient_id=own_id,
            clinic_id=clinic.id,
            kind="self-harm",
            reported_on=TODAY,
            said_by="her sister",
            words="She said she wants to die",
            by=manager,
        )
    team.measure(own_id, {TODAY: 23})
    team.person(given="Tobias", family="Lindqvist")

    page = team.page("/my-people", role="peer_specialist")
    said = words(page)

    assert [name.get_text(strip=True) for name in page.select("main h2")] == ["Marisol Vega"]
    assert "555 0100" in said
    assert "Open safety alert" in said
    assert "wants to die" not in said
    assert not re.search(r"\b23\b", said)
    assert "Report danger" in said


@pytest.mark.parametrize(
    ("days", "item_9", "shown"),
    [
        (42, 0, "item 9 0 not at all"),
        (43, 0, "item 9 unknown was 0, not at all, 28 Jan"),
        (43, 2, "item 9 2 more than half the days"),
    ],
)
def test_an_old_no_to_the_safety_item_is_not_shown_as_known(team: Team, days: int, item_9: int, shown: str) -> None:
    """A positive answer stands, however old: it never becomes better by waiting."""
    patient_id = team.person(enrolled_on=TODAY - timedelta(days=90))
    with team.app.app_context(), scope.within({team.clinic_id}):
        record_measurement(
            patient_id=patient_id,
            clinic_id=team.clinic_id,
            instrument="phq-9",
            taken_on=TODAY - timedelta(days=days),
            mode="self-paper",
            answers={**dict.fromkeys("12345678", 1), "9": item_9},
            by=db.session.get_one(User, team.users["care_manager"]),
        )

    assert shown in words(team.page(f"/patients/{patient_id}"))


@pytest.mark.parametrize(
    ("forms", "shown"),
    [
        ([{"9": 2}, {"9": 0}], "item 9 2 more than half the days"),
        ([{"9": 0}, {"9": 1}], "item 9 1 several days"),
        ([{"9": 0}, {"9": None}], "item 9 0 not at all"),
        ([{"9": 0}, 26], "item 9 positive no total of 26 without it"),
        ([24], "item 9 unknown only a total"),
    ],
    ids=["the earlier is worse", "the later is worse", "one left blank", "a total proves it", "a total does not"],
)
def test_of_two_forms_of_one_day_the_worse_safety_answer_is_shown(
    team: Team, forms: list[dict[str, int | None] | int], shown: str
) -> None:
    patient_id = team.person()
    with team.app.app_context(), scope.within({team.clinic_id}):
        for form in forms:
            answers = None if isinstance(form, int) else {**dict.fromkeys("12345678", 1), **form}
            record_measurement(
                patient_id=patient_id,
                clinic_id=team.clinic_id,
                instrument="phq-9",
                taken_on=TODAY,
                mode="self-paper",
                answers=answers,
                total_only=form if isinstance(form, int) else None,
                by=db.session.get_one(User, team.users["care_manager"]),
            )

    assert shown in words(team.page(f"/patients/{patient_id}"))


def test_better_beside_mania_is_marked_wherever_the_score_is_shown(team: Team) -> None:
    person = team.person(scores={TODAY - timedelta(days=50): 18, TODAY - timedelta(days=5): 4})
    team.measure(person, {TODAY - timedelta(days=5): 8}, scale="asrm:total")
    marked = "Beside mania: no success"

    assert f"at target, 5 days ago. {marked}" in words(team.page(f"/patients/{person}"))
    assert marked in words(team.page("/caseload"))
    assert marked in words(team.page(f"/review/{person}", role="psychiatrist"))


def test_what_got_worse_is_said_in_points(team: Team) -> None:
    person = team.person(scores={TODAY - timedelta(days=50): 1, TODAY - timedelta(days=5): 8})

    for address in (f"/patients/{person}", "/caseload"):
        said = words(team.page(address))
        assert "+7 points" in said
        assert "+700" not in said


def test_my_people_are_for_whoever_has_nobody_else(team: Team) -> None:
    assert team.browser_of("care_manager").get("/my-people").status_code == 403
    assert "Nobody yet" in words(team.page("/my-people", role="peer_specialist"))


def test_a_measure_without_a_target_says_so_on_the_caseload_and_on_the_page(team: Team) -> None:
    scores = {TODAY - timedelta(days=56): 47, TODAY: 45}
    person = team.person(scores=scores, scale="bprs-18:total", tracked=("bprs-18:total",))

    assert "No target for BPRS-18" in words(team.page("/caseload"))
    assert "not improving, today. No target for BPRS-18" in words(team.page(f"/patients/{person}"))


def test_a_measure_with_a_target_says_nothing_of_one(team: Team) -> None:
    person = team.person(scores={TODAY - timedelta(days=56): 18, TODAY: 12})

    assert "No target" not in words(team.page("/caseload"))
    assert "No target" not in words(team.page(f"/patients/{person}"))


@pytest.mark.parametrize(("age", "is_unknown"), [(41, False), (42, False), (43, True), (44, True)])
def test_figure_reason_and_queue_turn_unknown_on_the_same_day(team: Team, age: int, is_unknown: bool) -> None:
    held_on = TODAY - timedelta(days=age)
    person = team.person(
        scores={held_on - timedelta(days=28): 20, held_on: 4}, enrolled_on=held_on - timedelta(days=28)
    )
    page = team.page(f"/patients/{person}")
    tile = next(each for each in page.select(".tile") if "PHQ-9" in each.get_text())

    assert ("unknown" in tile.get_text()) is is_unknown
    assert ("Not known to be better" in words(page)) is is_unknown
    with team.app.app_context(), scope.all_patients(reason="test"):
        (queued,) = [each for each in review_queue({team.clinic_id: TODAY}).waiting if each.patient_id == person]
        assert is_quiet(queued, TODAY) is is_unknown
        assert ("target.off" in queued.queue_rules) is is_unknown


OUTINGS = "outings:level"


def tell(team: Team, person: uuid.UUID, answers: Mapping[str, int], on: date, instrument: str = "outings") -> None:
    with team.app.app_context(), scope.all_patients(reason="test"):
        record_measurement(
            patient_id=person,
            clinic_id=team.clinic_id,
            instrument=instrument,
            taken_on=on,
            mode="interview",
            answers=answers,
            by=db.session.get_one(User, team.users["care_manager"]),
        )


@pytest.mark.parametrize(
    ("answers", "days_ago", "expected"),
    [
        ({"1": 0, "2": 0, "6": 1}, 3, "Sometimes outside 3 days ago"),
        ({"1": 1, "2": 1, "3": 1}, 0, "Incomplete today. Items 4, 5, 6 have no answer; at least sometimes outside"),
        ({"1": 0, "2": 0, "6": 1}, 50, "unknown was sometimes outside, 21 Jan"),
        (None, 0, "none yet"),
    ],
)
def test_a_level_that_is_followed_has_a_tile(
    team: Team, answers: dict[str, int] | None, days_ago: int, expected: str
) -> None:
    with own_instruments(team.app):
        with team.app.app_context():
            sync_instruments()
        person = team.person(tracked=(OUTINGS,))
        tell(team, person, {"1": 1, "2": 1, "3": 0, "4": 0, "5": 0, "6": 0}, TODAY - timedelta(days=55))
        if answers is None:
            person = team.person(tracked=(OUTINGS,))
        else:
            tell(team, person, answers, TODAY - timedelta(days=days_ago))

        tiles = [" ".join(each.get_text(" ").split()) for each in team.page(f"/patients/{person}").select(".tile")]

        assert f"Function · Outings {expected}" in tiles


def test_a_housing_screen_does_not_hide_where_somebody_lives(team: Team, tmp_path: Path) -> None:
    screen = (OWN_INSTRUMENTS / "outings.toml").read_text(encoding="utf-8")
    (tmp_path / "outings.toml").write_text(screen.replace('"function"', '"housing"'), encoding="utf-8")
    with own_instruments(team.app, tmp_path):
        with team.app.app_context():
            sync_instruments()
        person = team.person()
        tell(team, person, {"living": 116}, TODAY - timedelta(days=20), instrument="hmis-living-situation")
        tell(team, person, {"1": 0, "2": 0, "6": 0}, TODAY)

        lanes = [each["name"] for each in figure_of(team.page(f"/patients/{person}"))["data"]]
        with team.app.app_context(), scope.all_patients(reason="test"):
            row = db.session.scalars(select(CaseloadRow).where(CaseloadRow.patient_id == person)).one()
            assert row.housing == "homeless"
        assert "Home" in lanes
