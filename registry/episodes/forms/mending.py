"""Entering what was wrong about an episode."""

from __future__ import annotations

from datetime import date

from wtforms.validators import InputRequired

from registry.episodes.forms.dated import DatedForm, past_date
from registry.web.form_fields import LocalDate, NotAfter, RegistryForm, paragraph


class ReopenForm(RegistryForm):
    why = paragraph("Why the end was wrong", required="Say why the end was wrong", longest=500)


class CorrectDatesForm(DatedForm):
    """The enrolment is asked for of somebody who is enrolled."""

    referred_on = past_date("Referred on", missing="Enter the date of the referral")
    enrolled_on = LocalDate(
        "Initial assessment on",
        [
            InputRequired("Enter the date of the initial assessment"),
            NotAfter(lambda form: form.today, "Enter the date of the assessment, not later than today"),
        ],
        description="The enrolment date: the start of every metric",
    )
    why = paragraph("Why", required="Say what was wrong, so that the next person understands", longest=500)

    def ask_only_referral(self) -> None:
        """Of somebody who is not enrolled."""
        del self.enrolled_on

    @property
    def referral(self) -> date:
        return self.referred_on.day

    @property
    def enrolment(self) -> date | None:
        return self.enrolled_on.day if "enrolled_on" in self else None
