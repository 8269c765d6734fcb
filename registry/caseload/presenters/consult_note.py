"""A case review as a note to whoever asked and whoever is to act: the same facts as a page and as plain text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from registry.caseload.consult_note import NoteFacts, ScoresThen
from registry.caseload.presenters.scores import scale_label, value_words
from registry.caseload.presenters.summary import Summary, who_words
from registry.caseload.presenters.summary_sections import UNKNOWN, Line, Section, Table
from registry.episodes.patient_header import IdentityHeader
from registry.plans.presenters import plan_words
from registry.review.presenters import addressee
from registry.review.rules import KINDS
from registry.treatment.present import show_present
from registry.web.filters import local_time, long_date, signed

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
        made=f"{clinic}, recorded {local_time(review.recorded_at, zone)}",
        sections=[
            *_void(facts),
            Section("Consultation", list(_about(facts))),
            Section("Question", list(_questions(facts)), empty="No question was asked", holds_prose=True),
            Section("Scores", table=_scores(facts), empty="No measure was followed"),
            Section("Treatment on that day", list(_treatment(facts)), empty="No treatment on record"),
            Section("Safety", list(_safety(facts))),
            Section("Recommendations", list(_advice(facts)), empty="None", holds_prose=True),
        ],
        closing=f"Signed by {review.consultant.name} on {long_date(review.reviewed_on)}. {ADVICE}",
    )


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
    rows = [_score(each) for each in facts.scores]
    return Table("Scores up to that day", ("Measure", "Baseline", "Latest", "Change"), rows)


def _score(then: ScoresThen) -> list[str]:
    name = scale_label(then.key)
    if then.latest is None:
        return [name, "none yet", "none yet", ""]
    latest = f"{value_words(then.latest)} on {long_date(then.latest.on)}"
    if then.baseline is None:
        return [name, "none yet", latest, ""]
    is_number = not then.latest.ratings and then.latest.on > then.baseline.on
    change = signed(then.latest.value - then.baseline.value) if is_number else ""
    return [name, f"{value_words(then.baseline)} on {long_date(then.baseline.on)}", latest, change]


def _treatment(facts: NoteFacts) -> Iterator[Line]:
    for each in show_present(facts.treatment, facts.adherence, facts.review.reviewed_on):
        yield Line(each.name, "; ".join(part for part in (each.dose, each.since, each.due, each.adherence) if part))


def _safety(facts: NoteFacts) -> Iterator[Line]:
    row, on = facts.row, facts.review.reviewed_on
    if row is None or row.safety_state is None or row.safety_on is None:
        yield Line("Last asked", f"{UNKNOWN}: never asked")
    elif row.safety_on > on:
        yield Line("Last asked", f"again since this review, on {long_date(row.safety_on)}: see the record")
    else:
        yield Line("Last asked", f"{long_date(row.safety_on)}: {row.safety_state} ({row.safety_item})")
    yield Line("Safety plan", _plan(facts, on))


def _plan(facts: NoteFacts, on: date) -> str:
    return "none on that day" if facts.safety_plan is None else plan_words(facts.safety_plan, on)


def _advice(facts: NoteFacts) -> Iterator[Line]:
    if facts.review.summary:
        yield Line("Summary", facts.review.summary)
    for each in facts.review.recommendations:
        yield Line(f"{KINDS[each.kind]}, to {addressee(each)}", each.words)
