"""Reviews, recommendations and questions in words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import url_for

from registry.accounts.models import User
from registry.patients.presenters import Difference, IdentityHeader, PersonFormPage
from registry.review.models import Recommendation, Review, ReviewQuestion
from registry.review.rules import AWAITS_DECISION, AWAITS_DOING, KINDS, STATES
from registry.web.filters import long_date

if TYPE_CHECKING:
    from registry.review.forms import DecisionForm

DECISIONS: Mapping[str, str] = {
    "ordered": "Order it now",
    "accepted": "Accept",
    "modified": "Accept with a change",
    "declined": "Decline",
}
AT_CASE = "case"
"""Said in the address of a decision by whoever decides while they review the case."""

DOING: Mapping[str, str] = {"done": "Done", "declined": "Declined after all"}


@dataclass(frozen=True, slots=True)
class RecommendationShown:
    """One recommendation with its fate."""

    kind: str
    words: str
    to: str
    state: str
    state_kind: str
    """``action`` while somebody must decide, ``accent`` while somebody must do it, ``good`` when done, ``neutral``."""
    fate: str
    why: str
    decide_url: str
    decide_label: str


@dataclass(frozen=True, slots=True)
class QuestionShown:
    """An open question."""

    by: str
    date: str
    words: str
    withdraw_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPage(PersonFormPage):
    """Asking the psychiatrist, above what waits for an answer already."""

    open_questions: Sequence[QuestionShown]
    save: str = "Ask"


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """Deciding on one recommendation."""

    title: str
    patient: IdentityHeader
    form: DecisionForm
    recommendation: RecommendationShown
    reviewed: str
    back_url: str
    conflict: Sequence[Difference] = ()
    conflict_by: str = ""


VOID_INTRO = (
    "The review stays in the record, struck through, and counts nowhere. What it recommended and nobody has done is "
    "declined, what was done stays done, and the questions it answered wait again while the episode goes on."
)


def addressee(recommendation: Recommendation) -> str:
    """To whom it is said."""
    return recommendation.to_user.name if recommendation.to_user else recommendation.to_name or "the team"


def show_recommendation(
    recommendation: Recommendation, *, may_decide: bool, at_case: bool = False
) -> RecommendationShown:
    """A recommendation with what became of it, by whom and when. ``at_case``: deciding leads back to the case."""
    is_open = recommendation.state in AWAITS_DECISION | AWAITS_DOING
    return RecommendationShown(
        kind=KINDS[recommendation.kind],
        words=recommendation.words,
        to=addressee(recommendation),
        state=STATES[recommendation.state],
        state_kind=_state_kind(recommendation),
        fate=_fate(recommendation),
        why=recommendation.decision_why,
        decide_url=_decide_url(recommendation, at_case=at_case) if is_open and may_decide else "",
        decide_label="Decide" if recommendation.state in AWAITS_DECISION else "Done, or declined",
    )


def show_question(question: ReviewQuestion, *, may_withdraw: bool) -> QuestionShown:
    """An open question with who asked it and when."""
    url = url_for("review.withdraw_question", patient_id=question.patient_id, question_id=question.id)
    return QuestionShown(
        by=question.asked_by.name,
        date=long_date(question.asked_on),
        words=question.words,
        withdraw_url=url if may_withdraw else "",
    )


def offered_states(recommendation: Recommendation, *, may_order: bool) -> dict[str, str]:
    """What can be chosen now: state → what choosing it says. Whoever prescribes orders in one step."""
    if recommendation.state in AWAITS_DOING:
        return dict(DOING)
    if recommendation.state not in AWAITS_DECISION:
        return {}
    return {state: words for state, words in DECISIONS.items() if may_order or state != "ordered"}


def reviewed_words(review: Review) -> str:
    """Who reviewed when."""
    return f"{review.consultant.name}, {long_date(review.reviewed_on)}"


def decided_by(recommendation: Recommendation) -> str:
    """Whoever changed it last."""
    person = recommendation.done_by or recommendation.decided_by
    day = recommendation.done_on or recommendation.decided_on
    return f"{person.name}, {long_date(day)}" if person and day else "a colleague"


def _who(entered_by: User, told_by: str) -> str:
    """Whoever took a step; where that is not who wrote it down, both."""
    return f"{told_by}, entered by {entered_by.name}" if told_by else entered_by.name


def _state_kind(recommendation: Recommendation) -> str:
    if recommendation.state in AWAITS_DECISION:
        return "action"
    if recommendation.state in AWAITS_DOING:
        return "accent"
    return "good" if recommendation.state == "done" else "neutral"


def _fate(recommendation: Recommendation) -> str:
    if recommendation.state in AWAITS_DECISION:
        return f"not yet decided by {addressee(recommendation)}"
    steps = []
    if recommendation.decided_by and recommendation.decided_on:
        decided = "ordered" if recommendation.state == "ordered" else "decided"
        decided = "declined" if recommendation.state == "declined" else decided
        who = _who(recommendation.decided_by, recommendation.decided_by_name)
        steps.append(f"{decided} by {who}, {long_date(recommendation.decided_on)}")
    if recommendation.done_by and recommendation.done_on:
        who = _who(recommendation.done_by, recommendation.done_by_name)
        steps.append(f"done by {who}, {long_date(recommendation.done_on)}")
    elif recommendation.state in AWAITS_DOING:
        steps.append("not yet done")
    return "; ".join(steps)


def _decide_url(recommendation: Recommendation, *, at_case: bool) -> str:
    return url_for(
        "review.decide",
        patient_id=recommendation.patient_id,
        recommendation_id=recommendation.id,
        at=AT_CASE if at_case else None,
    )


def after_deciding_url(recommendation: Recommendation, *, at: str | None) -> str:
    """Back to the case for whoever came from there (``at``), else to the person's reviews."""
    if at != AT_CASE:
        return reviews_url(recommendation.patient_id)
    return url_for("review.case", patient_id=recommendation.patient_id, episode=recommendation.episode_id)


def reviews_url(patient_id: uuid.UUID) -> str:
    """The person's reviews."""
    return url_for("review.reviews", patient_id=patient_id)
