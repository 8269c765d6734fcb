"""Where an episode goes next, how it ends, and that somebody died."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from wtforms import RadioField
from wtforms.validators import InputRequired, Optional

from registry.episodes.forms.dated import ChangeForm, DatedForm, past_date
from registry.episodes.rules import END_REASONS, PHASE_TITLES
from registry.web.form_fields import LocalDate, RegistryForm, choices, line, paragraph


class PhaseForm(ChangeForm):
    phase = RadioField("New phase", [InputRequired("Choose the new phase")])
    paused_until = LocalDate("Paused until", [Optional()], description="For a pause: at most 90 days")

    def offer(self, phases: Iterable[str]) -> None:
        possible = set(phases) - {"ended"}
        self.phase.choices = choices((code, title) for code, title in PHASE_TITLES.items() if code in possible)


class EndForm(DatedForm):
    reason = RadioField(
        "Why it ends",
        [InputRequired("Choose why the episode ends")],
        choices=choices((code, words) for code, words in END_REASONS.items() if code != "died"),
    )
    on = past_date("Ended on", missing="Enter the date the episode ended")
    note = paragraph("Note", longest=500)
    left_open = paragraph("What becomes of it", longest=500)

    def __init__(self, *args: Any, leaves_open: bool, **values: Any) -> None:
        self.leaves_open = leaves_open
        super().__init__(*args, **values)

    def validate(self, extra_validators: Any = None) -> bool:
        """Empty words are an error only where something is left open: their own validators stop at empty ones."""
        is_valid = bool(super().validate(extra_validators))
        if self.leaves_open and not self.left_open.data and not self.left_open.errors:
            self.left_open.errors = ["Say what becomes of what is still open: it is declined with these words"]
            return False
        return is_valid

    @property
    def day(self) -> date:
        return self.on.day


class DeathForm(DatedForm):
    died_on = past_date("Died on", missing="Enter the date of death")

    @property
    def day(self) -> date:
        return self.died_on.day


class WithdrawDeathForm(RegistryForm):
    why = line("Why", required="Say why the record is wrong", longest=500)
