"""The pages on which a measure is chosen, entered, finished, corrected and withdrawn."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask import url_for

from registry.measurements import modes
from registry.measurements.models import Measurement
from registry.measurements.presenters.words import (
    NO_ANSWER,
    STATUS_WORDS,
    answer_words,
    measure_url,
    mode_words,
    range_words,
    show_score,
)
from registry.measurements.scores import definition_of, score_again
from registry.measurements.standings import TrackedScale
from registry.measures.answers import answer_to_json
from registry.measures.course import Course, Target
from registry.measures.instrument import Instrument
from registry.measures.outline import outline
from registry.measures.scoring import format_value
from registry.patients.presenters import IdentityHeader
from registry.web.filters import count, days_ago, long_date, short_date
from registry.web.second_time import SecondTime

if TYPE_CHECKING:
    from registry.measurements.forms import AnswerField, MeasureForm, WithdrawForm

FEW_CHOICES = 9
"""More answers than digits are a list to choose from."""

NARROW_CHOICES = 5
"""More answers than these stand below the question rather than beside it."""


@dataclass(frozen=True, slots=True)
class Question:
    """One item as the paper has it."""

    field: AnswerField
    id: str
    number: str
    text: str
    is_safety: bool
    is_list: bool


@dataclass(frozen=True, slots=True)
class LiveScale:
    """A scale beside the form: what is known before, and the target."""

    id: str
    name: str
    range: str
    before: str = ""
    target: str = ""
    latest: str = ""
    baseline: str = ""


@dataclass(frozen=True, slots=True)
class DraftShown:
    """A measure somebody began."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which two people's versions differ."""

    field: str
    theirs: str
    yours: str


@dataclass(frozen=True, slots=True)
class EnterPage:
    """Entering one instrument, finishing a draft of it, or correcting it."""

    title: str
    patient: IdentityHeader
    form: MeasureForm
    about: str
    notice: str
    questions: Sequence[Question]
    is_wide: bool
    scales: Sequence[LiveScale]
    outline: Mapping[str, Any]
    total_hint: str
    date_hint: str
    today: date
    born_on: date
    save: str
    action_url: str
    back_url: str
    is_correction: bool = False
    may_draft: bool = True
    discard_url: str = ""
    drafts: Sequence[DraftShown] = ()
    conflict: Sequence[Difference] = ()
    conflict_by: str = ""
    second_time: SecondTime | None = None

    @property
    def has_errors(self) -> bool:
        return bool(self.form.errors)

    @property
    def shows_rater(self) -> bool:
        """Whether what is seldom needed is needed here."""
        form = self.form
        is_named = bool(form.rater_id.data) or bool(form.used_interpreter.data)
        return is_named or bool(form.rater_id.errors) or bool(form.language.errors)


@dataclass(frozen=True, slots=True)
class InstrumentOffered:
    """One instrument to choose."""

    title: str
    short_title: str
    detail: str
    last: str
    url: str


@dataclass(frozen=True, slots=True)
class ChoosePage:
    """Which measure to enter."""

    title: str
    patient: IdentityHeader
    tracked: Sequence[InstrumentOffered]
    others: Sequence[InstrumentOffered]
    drafts: Sequence[DraftShown]


@dataclass(frozen=True, slots=True)
class WithdrawPage:
    """Marking one measure as entered in error."""

    title: str
    patient: IdentityHeader
    form: WithdrawForm
    what: str
    action_url: str
    back_url: str
    conflict: Sequence[Difference] = ()
    conflict_by: str = ""

    @property
    def has_errors(self) -> bool:
        return bool(self.form.errors)


def questions(form: MeasureForm) -> tuple[Question, ...]:
    return tuple(
        Question(
            field=field,
            id=item.id,
            number=item.number,
            text=item.label,
            is_safety=item.is_safety_item,
            is_list=len(item.choices) > FEW_CHOICES,
        )
        for item, field in form.items
    )


def is_wide(instrument: Instrument) -> bool:
    """Whether the answers need the whole width."""
    return any(len(item.choices) > NARROW_CHOICES for item in instrument.items)


def live_scales(
    instrument: Instrument,
    followed: Mapping[str, tuple[TrackedScale, Course]],
    latest: Mapping[str, tuple[date, Decimal]],
    *,
    today: date,
) -> tuple[LiveScale, ...]:
    """The instrument's numeric scales, with the course where the episode follows them, else the last score."""
    shown = []
    for scale in instrument.scales:
        if not scale.has_total:
            continue
        key = instrument.scale_key(scale)
        tracked, course = followed.get(key, (None, None))
        before = latest.get(key)
        baseline = course.baseline if course is not None else None
        target = tracked.target if tracked is not None else None
        shown.append(
            LiveScale(
                id=scale.id,
                name=scale.name,
                range=range_words(scale),
                before=f"{format_value(before[1])} on {short_date(before[0], today=today)}" if before else "",
                target=target.words() if target is not None else "",
                latest=format_value(before[1]) if before else "",
                baseline=format_value(baseline.value) if baseline is not None else "",
            )
        )
    return tuple(shown)


def outline_for(instrument: Instrument, followed: Mapping[str, tuple[TrackedScale, Course]]) -> Mapping[str, Any]:
    """What the browser needs to echo the score."""
    tracked = followed.get(instrument.scale_key(instrument.primary_scale))
    target: Target | None = None if tracked is None else tracked[0].target
    return outline(instrument, target=target)


def about(instrument: Instrument) -> str:
    """ "Over the last 14 days · for the patient to complete"."""
    days = instrument.recall_days
    recall = "" if days is None else "Over the last day" if days == 1 else f"Over the last {count(days, 'day')}"
    who = {"self": "the patient's own answers", "clinician": "rated by a clinician", "staff": "asked by the team"}
    return " · ".join(part for part in (recall, who[instrument.respondent]) if part)


def notice(instrument: Instrument) -> str:
    """What the licence obliges to say, where the wording may not be shown."""
    return instrument.licence.notice if instrument.score_only else ""


def total_hint(instrument: Instrument) -> str:
    """What happens with a total; empty for an instrument that has none."""
    if not instrument.primary_scale.has_total:
        return ""
    unknown = [item.number for item in instrument.safety_items]
    safety = f", and item {', '.join(unknown)} as unknown" if unknown else ""
    return f"{range_words(instrument.primary_scale)}. Without answers it is recorded as the total only{safety}."


def date_hint(enrolled_on: date | None) -> str:
    """What an earlier date would mean."""
    if enrolled_on is None:
        return ""
    return f"Enrolled {long_date(enrolled_on)}: a form from before is kept and drawn, but is no baseline."


def offered(
    instrument: Instrument, *, patient_id: uuid.UUID, last: date | None, cadence_days: int | None, today: date
) -> InstrumentOffered:
    every = f"every {count(cadence_days, 'day')} · " if cadence_days else ""
    return InstrumentOffered(
        title=instrument.title,
        short_title=instrument.short_title,
        detail=f"{every}{count(len(instrument.items), 'item')}",
        last=f"last {days_ago(last, today)}" if last else "not yet given",
        url=url_for("measurements.enter", patient_id=patient_id, instrument_id=instrument.id),
    )


def show_draft(draft: Measurement, names: Mapping[uuid.UUID, str]) -> DraftShown:
    who = names.get(draft.recorded_by_id, "") if draft.recorded_by_id else ""
    by = f", begun by {who}" if who else ""
    return DraftShown(
        words=f"{definition_of(draft).short_title} of {long_date(draft.taken_on)}{by}",
        url=measure_url(draft),
    )


def second_time(row: Measurement, *, by: str) -> SecondTime:
    """The measurement that says the same. ``by``: who recorded it, and when."""
    is_imported = row.source_key is not None
    return SecondTime(
        what=f"{definition_of(row).short_title} of {long_date(row.taken_on)}",
        how=f"imported by {by}" if is_imported else f"recorded by {by}",
        url=measure_url(row),
    )


def another_of_the_day(row: Measurement, *, by: str, may_correct: bool) -> SecondTime:
    """A measurement of the same day that says something else: both are kept, or the earlier one is corrected."""
    definition = definition_of(row)
    score = show_score(definition.primary_scale, score_again(row, definition).scores[definition.primary_scale.id])
    return replace(
        second_time(row, by=by),
        is_different=True,
        says=score.text,
        version=row.version,
        correct_url=measure_url(row, "correct") if may_correct else "",
    )


def differences(theirs: Measurement, form: MeasureForm) -> tuple[Difference, ...]:
    """Where what somebody else saved differs from what was typed, in words."""
    instrument = definition_of(theirs)
    typed = form.answers()
    state = STATUS_WORDS[theirs.status]
    total = "None" if theirs.total_only is None else str(theirs.total_only)
    pairs = [
        ("Date completed", long_date(theirs.taken_on), long_date(form.taken_on.data) if form.taken_on.data else ""),
        ("How it was given", mode_words(theirs), modes.LABELS.get(form.mode.data, "")),
        *(
            (
                f"Item {item.number}",
                answer_words(item, (theirs.answers or {}).get(item.id)),
                answer_words(item, answer_to_json(typed[item.id])),
            )
            for item in instrument.items
        ),
        ("Total on the paper", total, form.total.data or "None"),
    ]
    changed = [
        Difference(label, left or NO_ANSWER, right or NO_ANSWER) for label, left, right in pairs if left != right
    ]
    return ((Difference("State", state, "To be kept"),) if state else ()) + tuple(changed)
