"""The pages on which a measure is chosen, entered, finished, corrected and withdrawn."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import url_for

from registry.measurements import modes
from registry.measurements.models import Measurement
from registry.measurements.presenters.live_scores import LiveScale
from registry.measurements.presenters.questions import KeyedAnswer, QuestionGroup
from registry.measurements.presenters.sitting import Following
from registry.measurements.presenters.words import (
    NO_ANSWER,
    STATUS_WORDS,
    answer_words,
    domain_words,
    measure_url,
    mode_words,
    range_words,
    show_score,
)
from registry.measurements.rules import takes_total
from registry.measurements.scores import definition_of, score_again
from registry.measurements.wordings import wording_in, wordings_of
from registry.measures.answers import answer_to_json
from registry.measures.instrument import Instrument
from registry.patients.presenters import AtClinic, Difference, IdentityHeader
from registry.patients.rules import LANGUAGES
from registry.web.filters import count, days_ago, long_date
from registry.web.second_time import SecondTime

if TYPE_CHECKING:
    from registry.measurements.forms import MeasureForm

FEW_INSTRUMENTS = 12
"""More than these are looked for by name."""


@dataclass(frozen=True, slots=True)
class DraftShown:
    """A measure somebody began."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class LanguageOffered:
    """A language the form can be read in."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class EnterPage:
    """Entering one instrument, finishing a draft of it, or correcting it."""

    title: str
    patient: IdentityHeader
    at: AtClinic
    form: MeasureForm
    about: str
    notice: str
    lead: str
    groups: Sequence[QuestionGroup]
    is_wide: bool
    key: Sequence[KeyedAnswer]
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
    following: Following | None = None
    languages: Sequence[LanguageOffered] = ()
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
class DomainOffered:
    """The instruments of one domain."""

    domain: str
    instruments: Sequence[InstrumentOffered]


@dataclass(frozen=True, slots=True)
class ChoosePage:
    """Which measure to enter."""

    title: str
    patient: IdentityHeader
    tracked: Sequence[InstrumentOffered]
    others: Sequence[DomainOffered]
    drafts: Sequence[DraftShown]

    @property
    def is_long(self) -> bool:
        """Whether looking for one of the others by its name is faster than reading them."""
        return sum(len(each.instruments) for each in self.others) > FEW_INSTRUMENTS


WITHDRAWN_STAYS = (
    "It stays on record, struck through, and counts in no score, course or report. A safety alert it raised stays "
    "open until a person closes it. If only an answer or the date is wrong, correct the measure instead."
)


def about(instrument: Instrument) -> str:
    """ "Over the last 14 days · for the patient to complete"."""
    days = instrument.recall_days
    recall = "" if days is None else "Over the last day" if days == 1 else f"Over the last {count(days, 'day')}"
    who = {"self": "the patient's own answers", "clinician": "rated by a clinician", "staff": "asked by the team"}
    return " · ".join(part for part in (recall, who[instrument.respondent]) if part)


def notice(instrument: Instrument, language: str) -> str:
    """What the licence obliges to say where the wording may not be shipped, and by what right one is shown."""
    wording = wording_in(instrument, language)
    said = (instrument.licence.notice if instrument.score_only else "", "" if wording is None else wording.notice)
    return " ".join(each for each in said if each)


def languages_offered(instrument: Instrument, *, current: str, address: str) -> tuple[LanguageOffered, ...]:
    """The languages this form can be read in; nothing where there is no choice."""
    known = dict.fromkeys([instrument.languages[0], *(each.language for each in wordings_of(instrument))])
    if len(known) == 1:
        return ()
    return tuple(
        LanguageOffered(LANGUAGES.get(each, each), f"{address}?{urlencode({'language': each})}", each == current)
        for each in known
    )


def total_hint(instrument: Instrument) -> str:
    """What happens with a total; empty for an instrument that has none."""
    if not takes_total(instrument):
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


def by_domain(offers: Iterable[tuple[Instrument, InstrumentOffered]]) -> tuple[DomainOffered, ...]:
    """The instruments of each domain by name, the domains in order."""
    ordered = sorted(offers, key=lambda each: (domain_words(each[0]), each[1].short_title.casefold()))
    return tuple(
        DomainOffered(domain, [shown for _, shown in group])
        for domain, group in groupby(ordered, key=lambda each: domain_words(each[0]))
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
