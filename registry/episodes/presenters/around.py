"""Consent and the other teams around an episode, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from registry.episodes.models import Consent, Episode, OtherTeam
from registry.episodes.presenters.care import Line, consent_words
from registry.episodes.rules import OTHER_TEAMS
from registry.web.filters import long_date


@dataclass(frozen=True, slots=True)
class ConsentCard:
    """Who agreed to the care, and who took it back."""

    words: str
    is_revoked: bool
    before: tuple[Line, ...]
    take_url: str
    revoke_url: str


def consent_card(episode: Episode, consents: Sequence[Consent], *, may_change: bool) -> ConsentCard:
    """``consents``: the latest first."""
    latest = consents[0] if consents else None
    holds = latest is not None and latest.revoked_on is None
    may_change = may_change and episode.is_open and episode.enrolled_on is not None
    where: dict[str, Any] = {"patient_id": episode.patient_id, "episode_id": episode.id}
    return ConsentCard(
        words=whole_consent(latest) if latest else "Taken when the person is enrolled.",
        is_revoked=latest is not None and not holds,
        before=tuple(Line(label="", value=whole_consent(each), since="") for each in consents[1:]),
        take_url=url_for("episodes.take_consent", **where) if may_change else "",
        revoke_url=url_for("episodes.revoke_consent", **where) if may_change and holds else "",
    )


def whole_consent(consent: Consent) -> str:
    """The consent, and how it was taken back."""
    words = consent_words(consent)
    if consent.revoked_on is None:
        return words
    return f"Taken back on {long_date(consent.revoked_on)} by {consent.revoked_by}: {consent.revoked_why} ({words})"


def other_team_lines(
    episode: Episode, teams: Sequence[OtherTeam], *, may_change: bool
) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The other teams involved now, and those before."""
    may_change = may_change and episode.is_open
    now = tuple(
        Line(
            label=f"{OTHER_TEAMS[team.kind]}: {team.name}",
            value=team.does,
            since=f"since {long_date(team.starts_on)}",
            why=team.reach,
            url=url_for(
                "episodes.change_other_team",
                patient_id=episode.patient_id,
                episode_id=episode.id,
                other_team_id=team.id,
            )
            if may_change
            else "",
        )
        for team in teams
        if team.ends_on is None
    )
    before = tuple(
        Line(
            label=f"{OTHER_TEAMS[team.kind]}: {team.name}",
            value=team.does,
            since=f"{long_date(team.starts_on)} to {long_date(team.ends_on)}",
            why=team.ended_why,
        )
        for team in reversed(teams)
        if team.ends_on is not None
    )
    return now, before
