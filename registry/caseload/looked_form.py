"""The form that marks a record as looked at."""

from __future__ import annotations

from datetime import datetime

from wtforms import Field, HiddenField
from wtforms.validators import ValidationError

from registry import clock
from registry.web.form_fields import RegistryForm

OVERVIEW, TIMELINE = "overview", "timeline"


class LookedForm(RegistryForm):
    """Names the instant at which the page was made: what was stored after it, the reader has not seen."""

    shown_at = HiddenField(default=lambda: clock.now().isoformat())
    page = HiddenField(default=OVERVIEW)
    """Where the reader goes back to."""

    def validate_shown_at(self, field: Field) -> None:
        if self.looked_at is None:
            raise ValidationError("Open the record again, then mark it as looked at")

    @property
    def looked_at(self) -> datetime | None:
        """The instant; None where what was sent is none."""
        return read_instant(self.shown_at.data or "")


def read_instant(text: str) -> datetime | None:
    """An instant with its offset, as ISO 8601 writes it, of this century; None for anything else."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if instant.tzinfo is None or not 2000 <= instant.year < 2100 else instant
