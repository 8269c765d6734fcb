"""What tests of case review do again and again."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from werkzeug.test import TestResponse

from registry.access import scope
from registry.extensions import db
from registry.review.actions import Advice, record_review
from registry.review.models import Recommendation, Review
from tests.integration.review.conftest import Case
from tests.pages import page_of

STOP = {
    "recommendations-0-kind": "stop",
    "recommendations-0-words": "Stop sertraline",
    "look_again": "2",
    "minutes": "6",
}


def people_in(page: TestResponse) -> list[str]:
    return [name.get_text() for name in page_of(page).select(".queue__name")]


def reviews_of(case: Case) -> list[Review]:
    with case.app.app_context(), scope.all_patients(reason="test"):
        return list(db.session.scalars(select(Review).order_by(Review.recorded_at)))


def recommendations_of(case: Case) -> list[Recommendation]:
    with case.app.app_context(), scope.all_patients(reason="test"):
        return list(db.session.scalars(select(Recommendation).order_by(Recommendation.position)))


def recommended(case: Case, *advice: Advice, on: date = date(2026, 3, 10)) -> str:
    """A review with one recommendation; the address at which it is decided on."""
    with case.app.app_context(), scope.within({case.clinic_id}):
        review = record_review(
            episode=case.episode,
            reviewed_on=on,
            minutes=6,
            summary="",
            recommendations=advice or [Advice(kind="stop", words="Stop sertraline", to_user_id=case.prescriber_id)],
            look_again_on=None,
            by=case.consultant,
        )
        return f"/patients/{case.patient_id}/recommendations/{review.recommendations[0].id}"


def team_member(case: Case, role: str) -> str:
    with case.app.app_context(), scope.all_patients(reason="test"):
        return next(str(member.id) for member in case.episode.team if member.role == role)
