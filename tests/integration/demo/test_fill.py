"""The demo is made by the product's own actions: what it leaves behind holds together like a year of real work."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from registry import clock
from registry.access import scope
from registry.accounts.models import User
from registry.accounts.passwords import is_right
from registry.alerts.models import Alert, AlertEvent
from registry.audit.models import AuditEvent
from registry.caseload.models import CaseloadRow
from registry.clinics.actions import add_organisation
from registry.db.transaction import end_read
from registry.demo.clinic import PASSWORD, open_clinics, sign_ins
from registry.demo.fill import HalfFilled, RealPeopleHere, Wish, fill, is_filled
from registry.episodes.models import Episode
from registry.extensions import db
from registry.patients.models import Patient
from registry.review.models import Review
from tests.integration.demo.truth import (
    NOW,
    assert_everything_is_as_the_facts_say,
    assert_looking_back_tells_what_was_told,
    assert_nothing_lies_in_the_future,
)

WISH = Wish(seed=3, patients=3, clinics=2)


def _invent() -> None:
    with clock.at(NOW):
        fill(WISH, progress=lambda _day: None)


def test_the_invented_year_holds_together(app: Flask) -> None:
    with app.app_context(), scope.all_patients(reason="test"):
        _invent()
        assert is_filled()
        assert db.session.scalar(select(func.count()).select_from(Patient)) == WISH.patients
        assert_everything_is_as_the_facts_say()
        assert_looking_back_tells_what_was_told()
        assert_nothing_lies_in_the_future()
        _assert_every_act_was_told_in_order()
        _assert_people_did_the_work()
        end_read()


def _assert_every_act_was_told_in_order() -> None:
    moments = db.session.scalars(select(AuditEvent.at).order_by(AuditEvent.number)).all()
    told_by_the_year = [moment for moment in moments if moment <= NOW]
    assert told_by_the_year == sorted(told_by_the_year)
    assert len(told_by_the_year) == len(moments)


def _assert_people_did_the_work() -> None:
    assert db.session.scalars(select(Alert.id)).first() is not None
    assert db.session.scalars(select(AlertEvent.by_id).where(AlertEvent.kind == "acknowledged")).first() is not None
    assert db.session.scalars(select(Review.id)).first() is not None
    rows = db.session.scalar(select(func.count()).select_from(CaseloadRow))
    assert rows == db.session.scalar(select(func.count()).select_from(Episode))


def test_everybody_can_sign_in_with_the_printed_password(app: Flask) -> None:
    with app.app_context():
        open_clinics(opened_on=date(2026, 1, 5), today=date(2026, 3, 18))
        listed = sign_ins()
        hashes = {user.email: user.password_hash for user in db.session.scalars(select(User))}
        end_read()
        assert {each.role for each in listed} == {
            "Care manager",
            "Psychiatrist",
            "Clinician",
            "Peer specialist",
            "Clinic lead",
            "Administrator",
            "Auditor",
        }
        assert all(is_right(PASSWORD, hashes[each.email]) for each in listed)


def test_the_demo_is_never_put_beside_a_real_organisation(app: Flask) -> None:
    with app.app_context():
        add_organisation(name="A real clinic", time_zone="America/New_York", by=None)
        with pytest.raises(RealPeopleHere):
            is_filled()


def test_a_demo_that_was_stopped_half_way_says_so(app: Flask) -> None:
    with app.app_context():
        add_organisation(name="Half a demo", time_zone="America/New_York", is_invented=True, by=None)
        with pytest.raises(HalfFilled):
            is_filled()


def test_the_command_is_refused_outside_a_demo(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 1
    assert "REGISTRY_ENV=demo" in result.output
