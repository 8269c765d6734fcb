"""What changed since yesterday, in lines."""

from __future__ import annotations

from datetime import datetime

from registry.alerts.day.since_yesterday import MOST_NEWS, AllNews, News
from registry.alerts.models import AlertEvent
from registry.alerts.presenters.alert import TITLES
from registry.alerts.presenters.lines import LineShown
from registry.alerts.presenters.words import alert_url
from registry.clinics.models import Clinic
from registry.patients.models import Patient
from registry.web.filters import count


def news_shown(news: News, patient: Patient, clinic: Clinic, now: datetime) -> LineShown:
    """ "New: no contact", and when at the clinic that answers."""
    local, today = news.step.at.astimezone(clinic.zone), clinic.today(now)
    return LineShown(
        day=f"{'Today' if local.date() == today else 'Yesterday'}, {local:%H:%M}",
        name=patient.name,
        url=alert_url(news.alert),
        words=f"{_what(news.step)}: {TITLES.get(news.alert.rule, news.alert.rule).lower()}",
    )


def _what(step: AlertEvent) -> str:
    details = step.details or {}
    if step.kind == "opened":
        return "Again" if details.get("told_at") else "New"
    if step.kind == "appended":
        return "Worse" if "tier" in details else "Added to"
    if step.kind == "closed-by-itself":
        return "Closed by itself"
    return f"Closed by {step.by.name}" if step.by is not None else "Closed"


def news_cut(news: AllNews) -> str:
    """That more changed than is shown, nothing where all is."""
    rest = len(news.found) - MOST_NEWS
    if rest <= 0:
        return ""
    more = f"{count(rest, 'more change', 'more changes')} since yesterday"
    return f"At least {more}" if news.is_cut else more
