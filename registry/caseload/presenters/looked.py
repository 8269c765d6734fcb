"""What is new since the reader last looked, and the mark that says that they have."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from registry.caseload.looked import News
from registry.web.addresses import page_address
from registry.web.filters import short_date

if TYPE_CHECKING:
    from registry.caseload.looked_form import LookedForm


@dataclass(frozen=True, slots=True)
class LookedShown:
    """What ``caseload/looked_line.html`` prints."""

    words: str
    news_url: str
    mark_url: str
    """Empty where a mark is in force and nothing is new."""
    undo_url: str
    """Empty where nothing is marked."""
    form: LookedForm

    @property
    def page(self) -> str:
        """The page this stands on, to come back to."""
        return self.form.page.data or ""


def show_looked(news: News, *, patient_id: uuid.UUID, form: LookedForm, today: date, zone: ZoneInfo) -> LookedShown:
    """The line over the overview and the timeline, its times in ``zone``."""
    undo_url = ""
    if news.mark_id is not None:
        undo_url = page_address("caseload.undo_looked", patient_id=patient_id, mark_id=news.mark_id)
    return LookedShown(
        words=_words(news, today, zone),
        news_url=page_address("caseload.timeline", patient_id=patient_id, new=1) if news.new else "",
        mark_url=page_address("caseload.mark_looked", patient_id=patient_id) if news.new or not undo_url else "",
        undo_url=undo_url,
        form=form,
    )


def _words(news: News, today: date, zone: ZoneInfo) -> str:
    if news.merged_at is not None:
        on = short_date(news.merged_at.astimezone(zone).date(), today=today)
        return f"Another record was merged into this one, or parted from it, on {on}: look through it all"
    if news.looked_at is None:
        return "You have not marked this record as looked at"
    looked = news.looked_at.astimezone(zone)
    when = f"at {looked:%H:%M}" if looked.date() == today else f"on {short_date(looked.date(), today=today)}"
    return f"{news.new or 'Nothing'} new since you looked {when}"
