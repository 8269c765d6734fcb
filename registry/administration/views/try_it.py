"""Trying an instrument: typed answers are scored and shown, and nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from werkzeug.datastructures import MultiDict

from registry import clock
from registry.access.policy import policy
from registry.administration.views.common import blueprint
from registry.administration.views.instrument import instrument_asked_for
from registry.measurements import modes
from registry.measurements.forms import ITEM, MeasureForm, form_for
from registry.measurements.presenters.entering import about, notice
from registry.measurements.presenters.live_scores import LiveScale, live_scales, outline_for
from registry.measurements.presenters.questions import (
    KeyedAnswer,
    QuestionGroup,
    answers_alike,
    is_wide,
    question_groups,
)
from registry.measurements.presenters.words import ScoreShown, show_score
from registry.measurements.wordings import in_own_words
from registry.measures.answers import ContradictoryAnswers, ImpossibleAnswer
from registry.measures.instrument import Instrument
from registry.measures.scoring import SafetyState, Scoring, score

SAFETY_WORDS = {
    SafetyState.POSITIVE: "positive: on a person's record this would raise a safety alert",
    SafetyState.NEGATIVE: "negative",
    SafetyState.UNKNOWN: "unknown: without an answer it says nothing",
}


@dataclass(frozen=True, slots=True)
class SafetyShown:
    """What a safety item says."""

    words: str
    is_positive: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What the answers come to."""

    scores: tuple[ScoreShown, ...]
    safety: tuple[SafetyShown, ...]
    skipped: str


@dataclass(frozen=True, slots=True)
class TryPage:
    """The form of one instrument, about nobody."""

    title: str
    about: str
    notice: str
    lead: str
    form: MeasureForm
    groups: Sequence[QuestionGroup]
    is_wide: bool
    key: Sequence[KeyedAnswer]
    scales: Sequence[LiveScale]
    outline: Mapping[str, Any]
    result: Result | None
    action_url: str
    instrument_url: str
    catalogue_url: str
    instrument: str

    @property
    def has_errors(self) -> bool:
        return bool(self.form.errors)


@blueprint.route("/instruments/<instrument_id>/try", methods=["GET", "POST"])
@policy("instrument.read")
def try_instrument(instrument_id: str) -> tuple[str, int]:
    """Answers travel in the body, so that none stands in an address or a log; nobody is asked for whom they are."""
    instrument = in_own_words(instrument_asked_for(instrument_id))
    today = clock.now().date()
    form = _form_of(instrument, today)
    result = None
    if form.validate_on_submit():
        try:
            result = _result(instrument, score(instrument, form.answers()))
        except (ContradictoryAnswers, ImpossibleAnswer) as problem:
            form[f"{ITEM}{problem.item}"].errors = [str(problem)]
    page = _page(instrument, form, result, today)
    return render_template("administration/try_instrument.html", page=page), 422 if form.errors else 200


def _form_of(instrument: Instrument, today: date) -> MeasureForm:
    """The form a measure is entered with. What it asks about the person is filled in, and looked at by nobody."""
    typed = None
    if request.method == "POST":
        answers = {name: value for name, value in request.form.items() if name.startswith(ITEM) or name == "csrf_token"}
        mode = modes.STORED[instrument.modes[0]]
        typed = MultiDict(answers | {"taken_on": today.isoformat(), "mode": mode, "rater_id": "", "language": ""})
    return form_for(instrument)(today=today, born_on=today, raters={}, formdata=typed)


def _result(instrument: Instrument, scoring: Scoring) -> Result:
    numbers = {item.id: item.number for item in instrument.items}
    return Result(
        scores=tuple(show_score(scale, scoring.scores[scale.id]) for scale in instrument.scales),
        safety=tuple(
            SafetyShown(
                f"Safety item {numbers[each.item]} is {SAFETY_WORDS[each.state]}.", each.state is SafetyState.POSITIVE
            )
            for each in scoring.safety
        ),
        skipped=", ".join(numbers[item_id] for item_id in scoring.skipped),
    )


def _page(instrument: Instrument, form: MeasureForm, result: Result | None, today: date) -> TryPage:
    version = request.args.get("version") or None
    return TryPage(
        title=f"Try {instrument.short_title}",
        about=about(instrument),
        notice=notice(instrument, instrument.languages[0]),
        form=form,
        lead=instrument.lead or "",
        groups=question_groups(form),
        is_wide=is_wide(instrument),
        key=answers_alike(instrument),
        scales=live_scales(instrument, {}, {}, today=today),
        outline=outline_for(instrument, {}),
        result=result,
        action_url=url_for("administration.try_instrument", instrument_id=instrument.id, version=version),
        instrument_url=url_for("administration.instrument", instrument_id=instrument.id, version=version),
        catalogue_url=url_for("administration.instruments"),
        instrument=instrument.short_title,
    )
