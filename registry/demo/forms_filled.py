"""The forms an invented person fills in: which are due on a visit, with which answers, and what goes wrong. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from registry.demo import answers
from registry.demo.acts import Fate, Form
from registry.demo.chance import happens, weighted
from registry.demo.circumstances import Circumstances
from registry.demo.figures import Figures
from registry.demo.story import Story
from registry.episodes.facts import Tracking
from registry.measures.answers import DECLINED, Answer

PHQ, GAD, ASRM, BPRS = "phq-9", "gad-7", "asrm", "bprs-18"
HOUSING, WORK = "hmis-living-situation", "employment"

SCALES: Mapping[str, str] = {
    PHQ: "phq-9:total",
    GAD: "gad-7:total",
    ASRM: "asrm:total",
    BPRS: "bprs-18:total",
    HOUSING: "hmis-living-situation:housing",
    WORK: "employment:employment",
}
_INSTRUMENTS = {scale: instrument for instrument, scale in SCALES.items()}
_DONE_WHEN_DUE = 0.95
_EARLY_DAYS = 5
"""A form is given on a visit this close before it is due."""

_MODES = {
    "in-person": {"self-paper": 0.45, "self-device": 0.4, "read-aloud": 0.15},
    "home": {"self-paper": 0.6, "read-aloud": 0.4},
    "phone": {"interview": 1.0},
    "video": {"interview": 0.7, "self-device": 0.3},
}
_BY_INTERVIEW_ONLY = {ASRM: "interview", HOUSING: "interview", WORK: "interview", BPRS: "clinician"}


def tracked(story: Story) -> tuple[Tracking, ...]:
    """What the team follows for this condition; the first is the metric primary."""
    months = {PHQ: 28, GAD: 56, HOUSING: 91, WORK: 91}
    if story.has_psychosis:
        months = {BPRS: 28, PHQ: 56, HOUSING: 91, WORK: 91}
    if story.has_bipolar:
        months = {**dict(list(months.items())[:1]), ASRM: 28, **months}
    return tuple(Tracking(scale=SCALES[instrument], cadence_days=days) for instrument, days in months.items())


@dataclass(slots=True)
class Folder:
    """What has been filled in so far, to know what is due; draws the next forms."""

    roll: Random
    story: Story
    figures: Figures
    circumstances: Circumstances
    needs_interpreter: bool
    last: dict[str, date] = field(default_factory=dict)
    _followed: tuple[Tracking, ...] = field(init=False)

    def __post_init__(self) -> None:
        self._followed = tracked(self.story)

    def due(self, on: date, *, modality: str) -> tuple[Form, ...]:
        """The forms of a visit on this day."""
        forms: list[Form] = []
        for each in self._followed:
            instrument = _INSTRUMENTS[each.scale]
            if self._is_due(instrument, each.cadence_days, on) and self._is_possible(instrument, modality):
                self.last[instrument] = on
                forms.append(self._form(instrument, on, modality))
        return tuple(forms)

    def first(self, on: date) -> tuple[Form, ...]:
        """The forms of the initial assessment: now and then the measure of the outcome is left for later."""
        forms = list(self.due(on, modality="in-person"))
        if forms and happens(self.roll, 0.07):
            self.last.pop(forms.pop(0).instrument)
        return tuple(forms)

    def with_thoughts(self, on: date) -> Form:
        """A PHQ-9 on paper that speaks of self-harm."""
        given = self._answers(PHQ, on)
        given["9"] = max(1, int(str(given["9"])))
        return Form(instrument=PHQ, taken_on=on, mode="self-paper", answers=given, language="en")

    def _is_due(self, instrument: str, cadence: int, on: date) -> bool:
        last = self.last.get(instrument)
        if last is None:
            return True
        return on >= last + timedelta(days=cadence - _EARLY_DAYS) and happens(self.roll, _DONE_WHEN_DUE)

    def _is_possible(self, instrument: str, modality: str) -> bool:
        return modality in _MODES and not (instrument == BPRS and modality == "phone")

    def _form(self, instrument: str, on: date, modality: str) -> Form:
        given = self._answers(instrument, on)
        mode = _BY_INTERVIEW_ONLY.get(instrument) or weighted(self.roll, _MODES[modality])
        form = Form(
            instrument=instrument,
            taken_on=on,
            mode=mode,
            answers=given,
            language="" if instrument in {BPRS, HOUSING, WORK} else "en",
            used_interpreter=self.needs_interpreter and mode in {"interview", "read-aloud", "clinician"},
            is_rated=instrument == BPRS,
        )
        return _mishap(self.roll, form) if instrument in {PHQ, GAD} else form

    def _answers(self, instrument: str, on: date) -> dict[str, Answer]:
        illness, week = self.story.illness, self.week(on)
        if instrument == PHQ:
            return dict(answers.phq_9(self.roll, illness, week, self.figures))
        if instrument == GAD:
            return dict(answers.gad_7(self.roll, illness, week))
        if instrument == ASRM:
            return dict(answers.asrm(self.roll, illness, week))
        if instrument == BPRS:
            flare = max((each.height(week) for each in self.story.flares), default=0.0)
            return dict(answers.bprs_18(self.roll, illness, week, flare=flare))
        day = (on - (self.story.enrolled_on or on)).days
        if instrument == HOUSING:
            return {"living": self.circumstances.home(day)}
        return {"work": self.circumstances.work(day)}

    def week(self, on: date) -> int:
        """The week of the illness, from the first enrolment."""
        return max(0, (on - (self.story.enrolled_on or on)).days // 7)


def _mishap(roll: Random, form: Form) -> Form:
    """Paper is paper: totals without answers, a blank, a refusal, a slip at typing, an entry for somebody else."""
    kind = weighted(
        roll,
        {
            "": 0.875,
            "total": 0.03,
            "blank": 0.03,
            "declined": 0.02,
            "corrected": 0.025,
            "in-error": 0.012,
            "draft": 0.012,
        },
    )
    given = dict(form.answers or {})
    items = [item for item in given if item != "difficulty"]
    if kind == "total":
        total = sum(answer for item in items if isinstance(answer := given[item], int))
        return _changed(form, answers=None, total_only=total)
    if kind == "blank":
        given[roll.choice(items)] = None
        return _changed(form, answers=given)
    if kind == "declined" and form.instrument == PHQ:
        given["9"] = DECLINED
        return _changed(form, answers=given)
    if kind == "corrected":
        slipped = dict(given)
        item = roll.choice(items[:7])
        slipped[item] = (int(str(given[item])) + roll.choice([1, 2])) % 4
        return _changed(form, answers=slipped, fate="corrected", rightly=given)
    if kind == "in-error":
        return _changed(form, answers=given, fate="in-error")
    if kind == "draft":
        kept = {item: given[item] for item in items[: roll.randint(3, 6)]}
        return _changed(form, answers=kept, fate="draft", rightly=given)
    return form


def _changed(
    form: Form,
    *,
    answers: Mapping[str, Answer] | None,
    total_only: int | None = None,
    fate: Fate = "",
    rightly: Mapping[str, Answer] | None = None,
) -> Form:
    return Form(
        instrument=form.instrument,
        taken_on=form.taken_on,
        mode=form.mode,
        answers=answers,
        total_only=total_only,
        language=form.language,
        used_interpreter=form.used_interpreter,
        is_rated=form.is_rated,
        fate=fate,
        rightly=rightly,
    )
