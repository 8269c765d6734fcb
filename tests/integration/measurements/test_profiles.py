"""The CRDPSS followed as a profile, and the CGI-I as a comparison: stored, verified, and shown to people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.access import scope
from registry.access.roles import Role
from registry.accounts.models import User
from registry.clinics.models import Clinic
from registry.extensions import db
from registry.measurements.models import MeasurementScore, StandingRow
from registry.measurements.verification import differences_of
from tests.builders import a_user, id_of, sign_in
from tests.integration.measurements.people import Person, a_person, record, standing_of
from tests.pages import words

CRDPSS = "crdpss:psychosis"
DOMAINS = ("hallucinations", "delusions", "disorganised-speech", "abnormal-movement", "negative-symptoms")


def rated(person: Person, ratings: str, on: date, rater: User | None = None) -> None:
    """Domains I to V as given; the others are not rated."""
    answers: Mapping[str, int] = dict(zip(DOMAINS, map(int, ratings.split("-")), strict=True))
    rater_id = None if rater is None else rater.id
    record(person, answers, instrument="crdpss", mode="clinician", taken_on=on, rater_id=rater_id)


def measure_pages(client: FlaskClient, person: Person) -> str:
    paths = (f"/patients/{person.patient_id}", f"/patients/{person.patient_id}/measures?instrument=crdpss")
    return " ".join(words(client.get(path, follow_redirects=True)) for path in paths)


def test_a_profile_is_stored_followed_and_shown_rating_by_rating(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        person = a_person(tracked=(CRDPSS,), targets={CRDPSS: 1})
        with scope.within({person.clinic_id}):
            clinic = db.session.get_one(Clinic, person.clinic_id)
            colleague = a_user(role=Role.PSYCHIATRIST, clinic=clinic, name="Paul Hsu")
            rated(person, "3-2-1-0-2", date(2026, 1, 12), rater=person.user)
            rated(person, "1-1-1-0-1", date(2026, 3, 9), rater=colleague)

            kept = db.session.scalars(
                select(MeasurementScore).where(MeasurementScore.scale == CRDPSS).order_by(MeasurementScore.taken_on)
            ).all()
            assert [(row.value, row.category) for row in kept] == [(3, "3-2-1-0-2"), (1, "1-1-1-0-1")]
            psychiatrist_id = colleague.id
            row = standing_of(person, CRDPSS)
            assert row is not None
            assert (row.standing, row.baseline_value, row.latest_value, row.percent) == ("at target", 3, 1, None)
            assert list(differences_of(person.patient_id)) == []
    sign_in(client, person.user_id)

    shown = measure_pages(client, person)

    assert "3-2-1-0-2 → 1-1-1-0-1" in shown
    assert "Rated by somebody else than the baseline" in shown
    assert "Clinician's rating, Paul Hsu" in shown
    sign_in(client, psychiatrist_id)
    assert "Rated by somebody else than the baseline" in words(client.get(f"/review/{person.patient_id}"))
    assert "1-1-1-0-1, highest 1" in shown or "1-1-1-0-1 highest 1" in shown
    assert "%" not in shown.partition("CRDPSS domains I to V")[2].partition("Safety")[0]


@pytest.mark.parametrize("changed", ["category", "standing"])
def test_a_profile_stored_otherwise_is_told_by_verify(app: Flask, changed: str) -> None:
    with app.app_context():
        person = a_person(tracked=(CRDPSS,), targets={CRDPSS: 1})
        with scope.within({person.clinic_id}):
            rated(person, "3-2-1-0-2", date(2026, 1, 12))
            rated(person, "1-1-1-0-1", date(2026, 3, 9))
            if changed == "category":
                score = db.session.scalars(select(MeasurementScore).where(MeasurementScore.scale == CRDPSS)).first()
                assert score is not None
                score.category = "0-0-0-0-0"
            else:
                standing = db.session.scalars(select(StandingRow)).one()
                standing.standing = "worse"
            with db.session.no_autoflush:
                told = [str(each) for each in differences_of(person.patient_id)]
            db.session.rollback()

    assert len(told) == 1
    assert CRDPSS in told[0]


def test_a_comparison_is_shown_without_a_change(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        person = a_person(tracked=("cgi:improvement",))
        with scope.within({person.clinic_id}):
            first, then = (
                record(person, {"severity": 4, "improvement": rating}, instrument="cgi", mode="clinician", taken_on=on)
                for on, rating in ((date(2026, 1, 12), 2), (date(2026, 3, 9), 4))
            )
            compared = f"first={id_of(first)}&second={id_of(then)}"
            row = standing_of(person, "cgi:improvement")
            assert row is not None
            assert (row.standing, row.baseline_value, row.change, row.percent) == ("no baseline", None, None, None)
    sign_in(client, person.user_id)

    page = words(client.get(f"/patients/{person.patient_id}", follow_redirects=True))
    tile = page.partition("CGI-I improvement")[2][:60]
    assert "4 no change, " in tile
    assert "→" not in tile
    history = words(client.get(f"/patients/{person.patient_id}/measures?instrument=cgi&{compared}"))
    assert "CGI-I improvement" in history
    assert "+2" not in history
