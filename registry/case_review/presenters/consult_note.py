"""A case review as a note to whoever asked and whoever is to act: the same facts as a page and as plain text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from registry.alerts.last_safety import POSITIVE
from registry.case_review.consult_note import NoteFacts
from registry.case_review.presenters.case_facts import ANSWERED
from registry.caseload.presenters.scores import scale_label, value_words
from registry.caseload.presenters.summary import Summary, who_words
from registry.caseload.presenters.summary_sections import UNKNOWN, Line, Section, Table
from registry.contacts.rules import DANGERS
from registry.episodes.patient_header import IdentityHeader
from registry.measurements.as_known import KnownScale
from registry.measures.course import DatedScore, is_stale
from registry.plans.presenters import plan_words
from registry.review.models import Review
from registry.review.presenters import addressee
from registry.review.rules import KINDS
from registry.treatment.present import show_present
from registry.web.filters import count, local_time, long_date, number, signed

ADVICE = "Advice on the record, not an examination of the person."


@dataclass(frozen=True, slots=True)
class NotePage:
    """The page."""

    title: str
    patient: IdentityHeader
    summary: Summary
    back_url: str


def show_note(facts: NoteFacts, *, clinic: str, zone: ZoneInfo) -> Summary:
    """The note of one review, as things stood on its day."""
    review = facts.review
    return Summary(
        heading="Psychiatric consultation",
        who=who_words(facts.patient),
        made=f"{clinic}, recorded {local_time(review.recorded_at, zone)}. {_known(review, zone)}",
        sections=[
            *_void(facts),
            Section("Consultation", list(_about(facts))),
            Section("Question", list(_questions(facts)), empty="No question was asked", holds_prose=True),
            Section("Scores", table=_scores(facts), empty="No score on record for that day"),
            Section("Treatment on that day", list(_treatment(facts)), empty="No treatment on record"),
            Section("Safety", list(_safety(facts, zone))),
            Section("Recommendations", list(_advice(facts)), empty="None", holds_prose=True),
        ],
        closing=f"Signed by {review.consultant.name} on {long_date(review.reviewed_on)}. {ADVICE}",
    )


def _known(review: Review, zone: ZoneInfo) -> str:
    return f"What was written down after {local_time(review.opened_at, zone)} is not in it"


def _void(facts: NoteFacts) -> Iterator[Section]:
    if facts.review.status != "final":
        yield Section("Entered in error", [Line("This review counts nowhere", facts.review.error_why)])


def _about(facts: NoteFacts) -> Iterator[Line]:
    review = facts.review
    told = list(dict.fromkeys(addressee(each) for each in review.recommendations))
    yield Line("From", review.consultant.name)
    yield Line("To", ", ".join(told) or "the team")
    yield Line("Primary care", facts.patient.primary_care or "not known")
    yield Line("Reviewed on", long_date(review.reviewed_on))
    yield Line("Look again", long_date(review.look_again_on) if review.look_again_on else "as usual for the phase")


def _questions(facts: NoteFacts) -> Iterator[Line]:
    for question in facts.questions:
        yield Line(f"{question.asked_by.name}, {long_date(question.asked_on)}", question.words)


def _scores(facts: NoteFacts) -> Table:
    rows = [_score(each, facts.review.reviewed_on) for each in facts.scores]
    return Table("Scores up to that day", ("Measure", "Baseline", "Latest", "Change"), rows)


def _score(known: KnownScale, on: date) -> list[str]:
    """A score too old to go by on that day reads unknown, with what it was."""
    scale, course = known.scale, known.course
    name = scale_label(known.key)
    if scale.minimum is not None and scale.maximum is not None:
        name = f"{name} ({number(scale.minimum)} to {number(scale.maximum)})"
    baseline = _on_its_day(course.baseline, known)
    if course.latest is None:
        return [name, baseline, "none yet", ""]
    latest = _on_its_day(course.latest, known)
    if is_stale(course.latest.on, cadence_days=known.cadence_days, today=on):
        return [name, baseline, f"{UNKNOWN}, was {latest}", ""]
    is_number = course.change is not None and not course.latest.ratings
    return [name, baseline, latest, signed(course.change) if course.change is not None and is_number else ""]


def _on_its_day(score: DatedScore | None, known: KnownScale) -> str:
    if score is None:
        return "none yet"
    since = ", corrected since" if score.id in known.corrected else ""
    return f"{value_words(score)} on {long_date(score.on)}{since}"


def _treatment(facts: NoteFacts) -> Iterator[Line]:
    for each in show_present(facts.treatment, facts.adherence, facts.review.reviewed_on):
        yield Line(each.name, "; ".join(part for part in (each.dose, each.since, each.due, each.adherence) if part))


def _safety(facts: NoteFacts, zone: ZoneInfo) -> Iterator[Line]:
    """A danger that was told of stands beside every later answer, and an open alert beside both."""
    last, on = facts.safety.last, facts.review.reviewed_on
    if last is None:
        yield Line("Last asked", f"{UNKNOWN}: never asked")
    else:
        yield Line("Last asked", f"{_with_age(last.on, on)}: {ANSWERED.get(last.state, 'not known')} ({last.item})")
        if last.state != POSITIVE and last.positive_on is not None:
            yield Line("Last positive", f"{_with_age(last.positive_on, on)} ({last.positive_item})")
    reported = facts.safety.reported
    if reported is not None:
        yield Line("Danger last reported", f"{_with_age(reported.reported_on, on)}: {DANGERS[reported.kind]}")
    for alert in facts.safety.alerts:
        opened_on = long_date(alert.opened_at.astimezone(zone).date())
        yield Line("Open safety alert", f"since {opened_on}. {alert.sentence}")
    if not facts.safety.alerts:
        yield Line("Open safety alert", "none")
    yield Line("Safety plan", _plan(facts, on))


def _with_age(day: date, on: date) -> str:
    """A day with how long before the review it was: the note is read later."""
    days = (on - day).days
    return f"{long_date(day)}, {count(days, 'day')} before" if days else f"{long_date(day)}, the same day"


def _plan(facts: NoteFacts, on: date) -> str:
    return "none on that day" if facts.safety_plan is None else plan_words(facts.safety_plan, on)


def _advice(facts: NoteFacts) -> Iterator[Line]:
    if facts.review.summary:
        yield Line("Summary", facts.review.summary)
    for each in facts.review.recommendations:
        yield Line(f"{KINDS[each.kind]}, to {addressee(each)}", each.words)
