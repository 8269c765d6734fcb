"""The clinic month by month: today's month says what the tiles say, and a past month what was true then."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from registry.access import scope
from registry.accounts.models import User
from registry.caseload.currency import Today
from registry.contacts.actions import ContactFacts, mark_entered_in_error, record_contact
from registry.episodes.actions import end_episode
from registry.episodes.models import Episode
from registry.extensions import db
from registry.measurements.actions import record_measurement
from registry.quality.history import read_history
from registry.quality.queries import add_up, count_groups
from registry.quality.rules import COUNTED, MET, NOT_MET
from registry.quality.trend import Month, first_month_end, monthly_trend
from tests.builders import id_of
from tests.integration.quality.conftest import TODAY, Region, days_ago
from tests.pages import page_of

FEBRUARY, JANUARY = date(2026, 2, 28), date(2026, 1, 31)


def _today(region: Region) -> Today:
    return {region.clinics[name]: TODAY for name in ("Harbor", "Fulton")}


def _months(region: Region) -> Sequence[Month]:
    today = _today(region)
    with region.app.app_context(), scope.within(today):
        return monthly_trend(read_history(today, since=first_month_end(today)), today)


def _by_day(region: Region) -> Mapping[date, Month]:
    return {month.day: month for month in _months(region)}


def test_there_are_twelve_months_whoever_is_in_them(region: Region) -> None:
    months = _months(region)

    assert [month.day for month in months][:2] == [date(2025, 4, 30), date(2025, 5, 31)]
    assert [month.day for month in months][-2:] == [FEBRUARY, TODAY]
    assert {(month.active, month.seen.of(COUNTED), month.improved.of(COUNTED)) for month in months} == {(0, 0, 0)}


def test_the_present_month_says_what_the_tiles_say(region: Region) -> None:
    region.add("Better", scores={90: 20, 10: 9}, seen=5)
    region.add("Halved", scores={90: 20, 10: 10}, seen=29, clinic="Fulton")
    region.add("Stuck", scores={90: 20, 10: 19}, seen=30)
    region.add("Lost", scores={90: 20}, clinic="Fulton", manager=None)
    region.add("Mild", scores={90: 8, 10: 3}, seen=1)
    region.add("Rated otherwise", tracked="bprs-18:total")
    region.add("New", enrolled=69, scores={69: 20, 10: 5})
    region.add("Referred", enrolled=None)
    region.add("Enrolled after a call", referred=45, enrolled=5, seen=40)
    region.move(region.add("Paused", scores={90: 20, 10: 5}), "paused", on=5, paused_until=date(2026, 4, 12))
    region.move(region.add("Back", scores={90: 20, 10: 5}), "paused", on=50, paused_until=date(2026, 3, 12))
    returned = region.add("Returned", enrolled=300, scores={300: 20, 100: 4, 40: 8})
    region.move(returned, "maintaining", on=90)
    region.move(returned, "active", on=41)
    with region.app.app_context(), scope.within(_today(region)):
        tiles = add_up(count_groups(_today(region)))

    now = _months(region)[-1]

    assert now.active == tiles["active"].of(MET) == 10
    assert now.seen.of(MET) == tiles["not-seen"].of(NOT_MET)
    assert now.seen.of(COUNTED) == tiles["not-seen"].of(COUNTED)
    for part in (MET, NOT_MET):
        assert now.improved.of(part) == tiles["improved"].of(part) > 1


def test_two_forms_of_one_day_count_as_in_the_pure_core(region: Region) -> None:
    """The worse of two, and an unprorated one before a prorated one."""
    region.add("Twice", scores={90: 20, 10: 9})
    _measure(region, "Twice", days=10, answers={**dict.fromkeys("12345678", 2), "9": 0})

    assert _months(region)[-1].improved.of(MET) == 0


def test_depression_better_beside_mania_is_no_improvement_in_any_month(region: Region) -> None:
    region.add("Elated in February", enrolled=200, scores={200: 20, 60: 9, 20: 8, 3: 7}, mania={20: 9, 3: 2})
    region.add("Elated now", enrolled=200, scores={200: 20, 60: 9, 10: 9}, mania={10: 6})
    months = _by_day(region)
    with region.app.app_context(), scope.within(_today(region)):
        tiles = add_up(count_groups(_today(region)))

    assert [months[day].improved.of(MET) for day in (JANUARY, FEBRUARY, TODAY)] == [2, 1, 1]
    assert [months[day].improved.of(COUNTED) for day in (JANUARY, FEBRUARY, TODAY)] == [2, 2, 2]
    assert (tiles["improved"].of(MET), tiles["improved"].of(COUNTED)) == (1, 2)


def test_a_past_month_says_what_was_true_on_its_last_day(region: Region) -> None:
    region.add("Better since March", enrolled=200, scores={200: 20, 60: 19, 10: 9}, seen=5)
    region.add("Relapsed in March", enrolled=200, scores={200: 20, 60: 9, 10: 19}, seen=20)
    region.add("Enrolled in February", enrolled=20)
    months = _by_day(region)

    assert [months[day].active for day in (JANUARY, FEBRUARY, TODAY)] == [2, 3, 3]
    assert [months[day].improved.of(MET) for day in (JANUARY, FEBRUARY, TODAY)] == [1, 1, 1]
    assert [months[day].improved.of(COUNTED) for day in (JANUARY, FEBRUARY, TODAY)] == [2, 2, 2]
    # At the end of February one had been seen in 30 days, one had just enrolled, and one not at all.
    assert months[FEBRUARY].seen.of(MET) == 2


def test_whose_care_has_ended_counts_until_then(region: Region) -> None:
    episode = region.add("Graduated", enrolled=200, scores={200: 20, 60: 9})
    with region.app.app_context(), scope.all_patients(reason="test"):
        end_episode(
            episode=db.session.get_one(Episode, id_of(episode)),
            reason="graduated",
            on=days_ago(12),
            note="",
            by=db.session.get_one(User, region.users["manager"]),
        )
    months = _by_day(region)

    assert [months[day].active for day in (JANUARY, FEBRUARY, TODAY)] == [1, 0, 0]
    assert [months[day].improved.of(COUNTED) for day in (JANUARY, FEBRUARY, TODAY)] == [1, 0, 0]


def test_whoever_paused_over_the_end_of_a_month_was_not_active_then(region: Region) -> None:
    episode = region.add("Away", enrolled=200)
    region.move(episode, "paused", on=50, paused_until=date(2026, 2, 15))
    region.move(episode, "active", on=25)

    months = _by_day(region)

    assert [months[day].active for day in (date(2025, 12, 31), JANUARY, FEBRUARY)] == [1, 0, 1]


def test_a_contact_entered_in_error_is_none(region: Region) -> None:
    region.add("Called", enrolled=200)
    with region.app.app_context(), scope.all_patients(reason="test"):
        by = db.session.get_one(User, region.users["manager"])
        contact = record_contact(
            patient_id=region.people["Called"],
            clinic_id=region.clinics["Harbor"],
            facts=ContactFacts(took_place_on=days_ago(3), kind="treatment", modality="phone", reached=True),
            by=by,
        )
        mark_entered_in_error(contact=contact, why="Another person", opened_version=contact.version, by=by)

    assert _months(region)[-1].seen.of(MET) == 0


def test_another_clinic_is_not_counted(region: Region) -> None:
    region.add("Elsewhere", clinic="Elsewhere", manager=None)

    assert _months(region)[-1].active == 0


@pytest.mark.parametrize(
    ("people", "shown"), [(9, "9 of 9"), (10, "10 of 10 (100\N{NARROW NO-BREAK SPACE}%)")], ids=["few", "enough"]
)
def test_of_few_people_the_table_says_how_many_and_no_share(region: Region, people: int, shown: str) -> None:
    for number in range(people):
        region.add(f"Person{'abcdefghij'[number]}", seen=1)
    page = page_of(region.browser_of("lead").get("/clinic/months"))

    cells = [cell.get_text() for cell in page.select(".chart__table tbody tr")[0].select("td")]
    assert cells == [str(people), shown, "nobody counted"]


def test_no_page_but_the_clinics_waits_for_pandas() -> None:
    """A second and 60 MB in every process that never shows a report."""
    asked = "import sys, registry.administration.views, registry.quality.views; sys.exit('pandas' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


def _measure(region: Region, name: str, *, days: int, answers: Mapping[str, int]) -> None:
    with region.app.app_context(), scope.all_patients(reason="test"):
        record_measurement(
            patient_id=region.people[name],
            clinic_id=region.clinics["Harbor"],
            instrument="phq-9",
            taken_on=days_ago(days),
            mode="self-paper",
            answers=answers,
            by=db.session.get_one(User, region.users["manager"]),
        )
