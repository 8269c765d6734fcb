"""Lives that differ in nothing but how often they are swept have the same alerts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from registry import clock
from registry.accounts.models import User
from registry.administration.actions import set_rule_number
from registry.administration.queries import list_rule_numbers
from registry.alerts.models import Alert
from registry.alerts.parameters import ClinicNumber
from registry.alerts.reconcile import reconcile_patients
from registry.alerts.sweep import Sweep, sweep_clinic
from registry.db.transaction import end_read
from registry.extensions import db
from tests.integration.alerts.scene import on_stage
from tests.timetravel.deeds import deeds
from tests.timetravel.invariants import history, open_alerts
from tests.timetravel.life import FIRST_DAY, Life, Moment, Place, Swept, a_life, live, look, nights, swept_when_due
from tests.timetravel.test_year import days, evening

SEED = 7


def everybody_swept(life: Life) -> Swept:
    """Looks at everybody of a clinic, whatever their date to check again."""

    def sweep(place: Place, day: date) -> Sweep:
        done = sweep_clinic(place.clinic, today=day)
        reconcile_patients([person.patient_id for person in life.people if place in person.places])
        return done

    return sweep


def in_the_dark(day: date) -> bool:
    """One week of four, in which nobody touches an alert and one of the lives is not swept."""
    return (day - FIRST_DAY).days % 28 in range(14, 21)


def swept_outside_the_dark(place: Place, day: date) -> Sweep | None:
    return None if in_the_dark(day) else swept_when_due(place, day)


@pytest.mark.parametrize("migrated_database", ["sqlite"], indirect=True)
def test_sweeping_daily_finds_what_sweeping_on_the_next_check_dates_finds(app: Flask) -> None:
    """``test_year`` looks at everybody again on each evening, on PostgreSQL too, and finds nothing new."""
    with on_stage(app):
        daily, due = (a_life(name, seed=SEED, people=3) for name in ("Swept daily", "Swept when due"))
        for day in days(21):
            moments = [
                *nights(daily, day, everybody_swept(daily)),
                *nights(due, day),
                *deeds(daily, day),
                *deeds(due, day),
            ]
            live(moments, until=evening(day), watch=look)
            with clock.at(evening(day)):
                assert history(due) == history(daily), f"seed {SEED}, {day}"
        assert len(history(due)) > 10


@pytest.mark.parametrize("migrated_database", ["sqlite"], indirect=True)
def test_a_missed_week_of_sweeps_catches_up_with_the_alerts_of_those_who_missed_none(app: Flask) -> None:
    with on_stage(app):
        swept, missed = (a_life(name, seed=SEED, people=3) for name in ("Swept", "Missed"))
        was_behind = False
        for day in days(24):
            # Local dates reach a day past the UTC date at either end.
            near = [in_the_dark(day + timedelta(days=offset)) for offset in (-1, 0, 1)]
            moments: Sequence[Moment] = [
                *nights(swept, day),
                *nights(missed, day, swept_outside_the_dark),
                *deeds(swept, day, about_alerts=not any(near)),
                *deeds(missed, day, about_alerts=not any(near)),
            ]
            live(moments, until=evening(day), watch=look)
            with clock.at(evening(day)):
                if any(near):
                    was_behind = was_behind or open_alerts(missed) != open_alerts(swept)
                else:
                    assert open_alerts(missed) == open_alerts(swept), f"seed {SEED}, {day}"
        assert was_behind, "the missed sweeps had nothing to find"


def _nights_of(life: Life, day: date) -> dict[str, Sweep]:
    """What each clinic's sweep of this UTC date did."""
    done: dict[str, Sweep] = {}

    def sweep(place: Place, local_day: date) -> Sweep:
        done[place.name] = sweep_clinic(place.clinic, today=local_day)
        return done[place.name]

    live([*nights(life, day, sweep)], until=evening(day), watch=look)
    return done


def test_a_changed_number_takes_effect_with_the_next_sweep_once_and_only_at_its_clinic(app: Flask) -> None:
    with on_stage(app):
        life = a_life("Riverside", seed=SEED, people=3)
        for day in days(6):
            _nights_of(life, day)
        today = FIRST_DAY + timedelta(days=6)
        place, own = life.places[1], {person.name for person in life.people if life.places[1] in person.places}
        with clock.at(evening(today - timedelta(days=1))):
            before = told_of(life)
            _set_number(place, "review.due.engaging", 14)
            _set_number(place, "engage.no-contact.active", 14)
            _set_number(place, "engage.first-follow-up.remind_after", 7)
            assert told_of(life) == before, "nothing changes before the sweep"

        first = _nights_of(life, today)
        after = told_of(life)
        assert first[place.name].checked == len(own)
        assert (first[place.name].opened, first[place.name].failed) == (1, 0)
        assert {name for name, *_ in after - before} == own
        assert {where for _, where, _ in after - before} == {place.name}

        second = _nights_of(life, today + timedelta(days=1))
        assert (second[place.name].checked, told_of(life)) == (0, after), "and once only"


def test_a_number_set_again_to_what_it_is_changes_nothing(app: Flask) -> None:
    with on_stage(app):
        life = a_life("Riverside", seed=SEED, people=3)
        for day in days(6):
            _nights_of(life, day)
        today, place = FIRST_DAY + timedelta(days=6), life.places[1]
        with clock.at(evening(today - timedelta(days=1))):
            before = told_of(life)
            _set_number(place, "engage.no-contact.active", 30)

        done = _nights_of(life, today)[place.name]
        assert (done.checked, done.opened, done.changed, done.closed) == (1, 0, 0, 0), "looked at, and nothing found"
        assert told_of(life) == before


def told_of(life: Life) -> set[tuple[str, ...]]:
    """Who is told of where, and why."""
    places = {place.clinic_id: place.name for place in life.places}
    rows = db.session.execute(
        select(Alert.patient_id, Alert.clinic_id, Alert.rule).where(
            Alert.closed_at.is_(None), Alert.patient_id.in_(life.patient_ids)
        )
    ).all()
    end_read()
    return {(life.name_of(row.patient_id), places[row.clinic_id], row.rule) for row in rows}


def _set_number(place: Place, parameter: str, number: int | None) -> None:
    rows = list_rule_numbers([place.clinic.id])
    set_rule_number(
        clinic=place.clinic,
        parameter=parameter,
        decided=ClinicNumber(number),
        opened_version=next((row.version for row in rows if row.parameter == parameter), 0),
        why="Our psychiatrist wants it so",
        by=db.session.get_one(User, place.lead),
    )
    end_read()
