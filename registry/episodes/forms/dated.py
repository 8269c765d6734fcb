"""What happens to an episode on a day, and why."""

from __future__ import annotations

from datetime import date
from typing import Any

from wtforms.validators import InputRequired

from registry.web.form_fields import LocalDate, NotAfter, RegistryForm, paragraph


def past_date(label: str, *, missing: str = "Enter the date") -> LocalDate:
    """A date of service, not after today (``form.today``)."""
    return LocalDate(
        label,
        [InputRequired(missing), NotAfter(lambda form: form.today, "Enter a date not later than today, {limit}")],
    )


class DatedForm(RegistryForm):
    """A form whose dates are not after ``today``, the clinic's local date."""

    def __init__(self, *args: Any, today: date, **values: Any) -> None:
        self.today = today
        super().__init__(*args, **values)


class ChangeForm(DatedForm):
    """A change with its date and reason."""

    on = past_date("From", missing="Enter the date of the change")
    why = paragraph("Why", required="Say why, so that the next person understands", longest=500)

    @property
    def day(self) -> date:
        return self.on.day
