"""What must hold of invented history, lived or written down: it is what the program itself concludes from the facts."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from registry import clock
from registry.alerts.sweep import list_unanswered
from registry.alerts.verification import verify_everybody
from registry.audit.chain import verify
from registry.audit.queries import iterate_links
from registry.caseload.rows import differences as caseload_differences
from registry.contacts.models import Contact
from registry.extensions import db
from registry.measurements.models import Measurement
from registry.measurements.verification import differences
from registry.patients.models import Patient
from registry.review.models import Review

NOW = datetime(2026, 3, 18, 21, 30, tzinfo=UTC)


def assert_everything_is_as_the_facts_say() -> None:
    assert list(differences()) == []
    assert list(list_unanswered()) == []
    with clock.at(NOW):
        people = db.session.scalars(select(Patient.id)).all()
        assert [found for person in people for found in caseload_differences(person)] == []
        assert list(verify_everybody()) == []
    assert verify(iterate_links(), key=b"an audit key of the tests").holds


def assert_nothing_lies_in_the_future() -> None:
    today = NOW.astimezone(ZoneInfo("America/New_York")).date()
    for day in (Contact.took_place_on, Measurement.taken_on, Review.reviewed_on):
        assert db.session.scalars(select(func.max(day))).one() <= today
