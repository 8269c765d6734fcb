"""Asking the psychiatrist, recording a review, deciding on what it recommends."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from wtforms import FieldList, Form, FormField, RadioField
from wtforms.validators import InputRequired, NumberRange, Optional

from registry.review.rules import KINDS, LONGEST_MINUTES
from registry.review.seen import Opening, opened_at, sign_opening
from registry.web.form_fields import LocalDate, NotAfter, NotBefore, RegistryForm, WholeNumber, line, paragraph

MOST_RECOMMENDATIONS = 8
CONTINUE_WORDS = "Continue the present treatment"
THE_TEAM = "team"
BY_KIND = "by-kind"
"""Whoever usually does what is recommended."""

LOOK_AGAIN: Mapping[str, str] = {
    "1": "1 week",
    "2": "2 weeks",
    "4": "4 weeks",
    "8": "8 weeks",
    "12": "12 weeks",
}
AS_USUAL = "usual"


class QuestionForm(RegistryForm):
    """What the care team wants to know."""

    words = paragraph(
        "Your question",
        required="Write what you want to know",
        hint="The score, what has been tried, and what you want answered",
    )


class AdviceForm(Form):
    """One recommendation; part of the review. Left empty it is no recommendation."""

    kind = RadioField("What", [Optional()], choices=dict(KINDS), filters=[lambda code: (code or "").strip()])
    words = paragraph("In words")
    to = RadioField("To", [Optional()], choices={}, default=BY_KIND)

    @property
    def is_empty(self) -> bool:
        return not self.kind.data and not self.words.data

    def validate(self, extra_validators: Any = None) -> bool:
        """A kind and words, or neither; to continue needs no words."""
        is_valid = bool(super().validate(extra_validators))
        if self.words.data and not self.kind.data:
            self.kind.errors = [*self.kind.errors, "Choose what kind of recommendation it is"]
        kind = KINDS.get(self.kind.data or "", "")
        if kind and self.kind.data != "continue" and not self.words.data:
            self.words.errors = [*self.words.errors, f"Say in words what is recommended: {kind.lower()} what, and how"]
        return is_valid and not self.kind.errors and not self.words.errors


class ReviewForm(RegistryForm):
    """The review of one patient."""

    recommendations = FieldList(FormField(AdviceForm), min_entries=1, max_entries=MOST_RECOMMENDATIONS)
    look_again = RadioField("Look again in", [InputRequired("Choose when to look again")], choices={}, default=AS_USUAL)
    summary = paragraph("Summary")
    reviewed_on = LocalDate(
        "Reviewed on",
        [
            InputRequired("Enter the date of the review"),
            NotAfter(lambda form: form.today, "Enter the date of the review, not later than today ({limit})"),
            NotBefore(lambda form: form.begun_on, "Enter a date in this episode, which began on {limit}"),
        ],
    )
    minutes = WholeNumber(
        "Minutes",
        [Optional(), NumberRange(0, LONGEST_MINUTES, f"Enter whole minutes between 0 and {LONGEST_MINUTES}")],
    )

    opening = Opening()
    """When the case was opened."""

    def __init__(
        self,
        *args: Any,
        episode_id: uuid.UUID,
        opened_at: datetime,
        today: date,
        begun_on: date,
        team: Mapping[str, str],
        as_usual: str,
        **values: Any,
    ) -> None:
        """``team``: value → name of everybody something can be recommended to; ``as_usual``: "8 weeks", or nothing."""
        self.today, self.begun_on = today, begun_on
        self._team = {BY_KIND: "Whoever does it", THE_TEAM: "The team", **team}
        self._episode_id = episode_id
        super().__init__(*args, reviewed_on=today, opening=sign_opening(episode_id, opened_at), **values)
        self.look_again.choices = {AS_USUAL: f"As usual ({as_usual})" if as_usual else "As usual", **LOOK_AGAIN}
        self._offer_team()

    @property
    def opened_at(self) -> datetime | None:
        """When the case this form was sent with was opened; ``None`` where nobody can say."""
        return opened_at(self.opening.data or "", self._episode_id)

    def open_again(self, at: datetime) -> None:
        """What stands now has been shown: what is sent next knows of it."""
        self.opening.data = sign_opening(self._episode_id, at)

    def add_recommendation(self) -> None:
        """One more empty row."""
        if len(self.recommendations.entries) < MOST_RECOMMENDATIONS:
            self.recommendations.append_entry()
            self._offer_team()

    def validate(self, extra_validators: Any = None) -> bool:
        """A review says something: a recommendation, if only to continue, or a summary."""
        is_valid = bool(super().validate(extra_validators))
        errors = []
        if not self.advice and not self.summary.data:
            errors.append("Recommend something, if only to continue, or write a summary")
        if self.opened_at is None:
            errors.append("Look at the case as it stands now, and save again")
        if errors:
            self.form_errors = errors
        return is_valid and not errors

    @property
    def advice(self) -> list[AdviceForm]:
        """The recommendations that are not empty, in order."""
        return [entry.form for entry in self.recommendations if not entry.form.is_empty]

    @property
    def look_again_on(self) -> date | None:
        """``None`` leaves it to the phase. Raises ``ValueError`` on a form that was not validated."""
        if self.look_again.data == AS_USUAL:
            return None
        return self.reviewed_on.day + timedelta(weeks=int(self.look_again.data))

    def _offer_team(self) -> None:
        for entry in self.recommendations:
            entry.form.to.choices = self._team


class DecisionForm(RegistryForm):
    """What becomes of a recommendation."""

    state = RadioField("Decision", [InputRequired("Choose what becomes of it")], choices={})
    why = line("What instead, or why not")
    on = LocalDate(
        "On",
        [
            InputRequired("Enter the day it was decided or done"),
            NotAfter(lambda form: form.today, "Enter the day it was decided or done, not later than today ({limit})"),
            NotBefore(lambda form: form.earliest, "Enter a day on or after the step before, {limit}"),
        ],
    )
    told_by = line("Told by", hint="Who decided or did it, if not you")

    def __init__(self, *args: Any, offered: Mapping[str, str], earliest: date, today: date, **values: Any) -> None:
        """``offered``: state → what choosing it says; ``earliest``: the day of the step before."""
        self.earliest, self.today = earliest, today
        super().__init__(*args, on=today, **values)
        self.state.choices = dict(offered)

    def validate(self, extra_validators: Any = None) -> bool:
        """Declining needs a reason, a change needs to be said."""
        is_valid = bool(super().validate(extra_validators))
        if self.state.data in {"declined", "modified"} and not self.why.data and not self.why.errors:
            what = "why it is declined" if self.state.data == "declined" else "what will be done instead"
            self.why.errors = [f"Say {what}"]
            return False
        return is_valid
