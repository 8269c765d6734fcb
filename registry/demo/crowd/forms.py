"""Filled-in forms as rows: measurements with their scores, corrected and withdrawn ones too. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from registry.demo import answers
from registry.demo.acts import Form, Visit
from registry.demo.figures import figures
from registry.demo.forms_filled import ASRM, PHQ
from registry.measurements.models import Measurement, MeasurementScore
from registry.measurements.scores import score_columns
from registry.measures.answers import Answer, answer_to_json
from registry.measures.instrument import Instrument
from registry.measures.scoring import Scoring, score, score_total

if TYPE_CHECKING:
    from registry.demo.crowd.answered import Answered
    from registry.demo.crowd.history import History
    from registry.demo.crowd.ledger import Ledger, Row
    from registry.demo.crowd.sites import Site, Worker
    from registry.demo.people import Person

_DRAFTS_WAIT = timedelta(days=20)
_SETTLED_AFTER = timedelta(days=1)
_APART = 4
"""Days between two forms filled in on one's own device, at least."""


def between_visits(
    roll: Random, person: Person, *, since: date, until: date, number: int
) -> Iterator[tuple[Form, date]]:
    """Forms filled in at home until there are ``number`` a person, each with its day: as long as the person comes.

    The self-rated ones only, drawn from the same illness as those of the visits; nobody is asked twice in four days.
    """
    story = person.story
    silent = [day for day in (story.silent_from, story.paused_from) if day is not None]
    if story.enrolled_on is not None:
        until = min([until, *(story.enrolled_on + timedelta(days=day) for day in silent)])
    entered = sum(len(act.forms) for act in person.life.acts if isinstance(act, Visit))
    days = (until - since).days - _APART
    wanted = min(number - entered, days // _APART)
    if wanted <= 0 or story.enrolled_on is None:
        return
    illness, last_week = story.illness, len(story.illness.depression) - 1
    for on in sorted(
        since + timedelta(days=_APART * place) for place in roll.sample(range(1, days // _APART + 1), wanted)
    ):
        week = min(last_week, max(0, (on - story.enrolled_on).days // 7))
        if story.has_bipolar and roll.random() < 0.35:
            given, instrument = answers.asrm(roll, illness, week), ASRM
        else:
            given, instrument = answers.phq_9(roll, illness, week, figures()), PHQ
        yield Form(instrument=instrument, taken_on=on, mode="self-device", answers=given, language="en"), on


class Desk:
    """Where forms are entered."""

    def __init__(self, ledger: Ledger, answered: Answered, definitions: Mapping[str, Instrument]) -> None:
        self._ledger, self._answered, self._definitions = ledger, answered, definitions

    def enter(self, form: Form, *, history: History, by: Worker, at: datetime) -> None:
        """Write down a form with its scores, and what became of it later where that lies in the past."""
        site = history.site
        is_settled = form.taken_on + _SETTLED_AFTER < site.today
        if form.fate == "draft":
            if form.taken_on + _DRAFTS_WAIT >= site.today:
                self._store(form, form.answers, site=site, by=by, at=at, status="draft")
                return
            self._final(form, form.rightly, history=history, by=by, at=at)
        elif form.fate == "corrected" and is_settled and not self._is_positive(form):
            old = self._store(form, form.answers, site=site, by=by, at=at, status="amended")
            self._void(old, form, "Typed one line too low; put right from the paper", by=by)
            new = self._final(form, form.rightly, history=history, by=by, at=at + timedelta(hours=20))
            new["replaces_id"] = old["id"]
        elif form.fate == "in-error" and is_settled and not self._is_positive(form):
            row = self._store(form, form.answers, site=site, by=by, at=at, status="entered-in-error")
            self._void(row, form, "This form belongs to another patient", by=by)
        else:
            given = form.rightly if form.fate == "corrected" else form.answers
            self._final(form, given, history=history, by=by, at=at)

    def _is_positive(self, form: Form) -> bool:
        return any(each.value for each in self._scoring(form, form.answers).safety)

    def _scoring(self, form: Form, given: Mapping[str, Answer] | None) -> Scoring:
        definition = self._definitions[form.instrument]
        return (
            score_total(definition, form.total_only) if form.total_only is not None else score(definition, given or {})
        )

    def _final(
        self, form: Form, given: Mapping[str, Answer] | None, *, history: History, by: Worker, at: datetime
    ) -> Row:
        row = self._store(form, given, site=history.site, by=by, at=at, status="final")
        scoring = self._scoring(form, given)
        self._score(row, scoring, counts=True)
        self._answered.form(row, self._definitions[form.instrument], scoring, history)
        return row

    def _store(
        self, form: Form, given: Mapping[str, Answer] | None, *, site: Site, by: Worker, at: datetime, status: str
    ) -> Row:
        definition = self._definitions[form.instrument]
        return self._ledger.write(
            Measurement,
            clinic_id=site.clinic_id,
            instrument=definition.id,
            instrument_version=definition.version,
            taken_on=form.taken_on,
            mode=form.mode,
            rater_id=by.id if form.is_rated else None,
            language=form.language,
            used_interpreter=form.used_interpreter,
            answers=None if given is None else {item: answer_to_json(value) for item, value in given.items()},
            total_only=form.total_only,
            status=status,
            recorded_at=at,
            recorded_by_id=by.id,
        )

    def _void(self, row: Row, form: Form, why: str, *, by: Worker) -> None:
        row["why"], row["voided_at"], row["voided_by_id"] = why, row["recorded_at"] + timedelta(hours=20), by.id
        self._score(row, self._scoring(form, form.answers), counts=False)

    def _score(self, row: Row, scoring: Scoring, *, counts: bool) -> None:
        definition = self._definitions[row["instrument"]]
        for columns in score_columns(definition, scoring, taken_on=row["taken_on"]):
            self._ledger.write(MeasurementScore, measurement_id=row["id"], **{**columns, "counts": counts})
