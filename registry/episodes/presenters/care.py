"""Episodes in words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import url_for

from registry.episodes.models import (
    Consent,
    Episode,
    EpisodeCondition,
    PhaseSpell,
    TeamMember,
    TrackedMeasure,
    TreatmentTarget,
)
from registry.episodes.patient_header import IdentityHeader, holder_name
from registry.episodes.presenters.enrolment import scale_name
from registry.episodes.rules import CONDITIONS, CONSENT_MODES, END_REASONS, PHASE_TITLES, REFERRAL_SOURCES, TEAM_ROLES
from registry.measures.catalogue import Catalogue
from registry.patients.presenters import Fact
from registry.patients.record_tabs import Tab
from registry.web.filters import count, long_date, number

if TYPE_CHECKING:
    from registry.episodes.presenters.around import ConsentCard
    from registry.episodes.presenters.handover import TransferNote

Names = Mapping[uuid.UUID, str]


@dataclass(frozen=True, slots=True)
class Line:
    """Something with its date: what holds now, or what held before."""

    label: str
    value: str
    since: str
    why: str = ""
    url: str = ""
    stop_url: str = ""
    target: str = ""
    target_url: str = ""


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """A line of ``components/timeline.html``."""

    date: str
    title: str
    words: str
    by: str
    icon: str = "note"


@dataclass(frozen=True, slots=True)
class EpisodeCard:
    """One episode, whole."""

    title: str
    clinic: str
    facts: tuple[Fact, ...]
    consent: ConsentCard
    phases: tuple[TimelineEntry, ...]
    cadence: tuple[str, ...]
    """What the present phase asks for: "contact every 30 days"."""
    team: tuple[Line, ...]
    former_team: tuple[Line, ...]
    other_teams: tuple[Line, ...]
    former_other_teams: tuple[Line, ...]
    transfer: TransferNote | None
    former_transfers: tuple[str, ...]
    measures: tuple[Line, ...]
    former_measures: tuple[Line, ...]
    conditions: str
    former_conditions: tuple[Line, ...]
    urls: Mapping[str, str]
    """What can be done, by its name; empty where nothing can."""


@dataclass(frozen=True, slots=True)
class CarePage:
    """The care of one person: the present episode, and those before."""

    title: str
    patient: IdentityHeader
    episode: EpisodeCard | None
    earlier: tuple[Fact, ...]
    refer_url: str
    refer_label: str
    tabs: tuple[Tab, ...]


def _before(label: str, value: str, row: TeamMember | TrackedMeasure | TreatmentTarget | EpisodeCondition) -> Line:
    until = f" to {long_date(row.ends_on)}" if row.ends_on else ""
    return Line(label=label, value=value, since=f"{long_date(row.starts_on)}{until}", why=row.ended_why or row.why)


def episode_facts(episode: Episode) -> tuple[Fact, ...]:
    urgency = ", urgent" if episode.urgency == "urgent" else ""
    source = REFERRAL_SOURCES.get(episode.referral_source, episode.referral_source)
    facts = [Fact("Referred", f"{long_date(episode.referred_on)}{' by ' + source.lower() if source else ''}{urgency}")]
    if episode.enrolled_on:
        facts.append(Fact("Enrolled (initial assessment)", long_date(episode.enrolled_on)))
    if episode.paused_until is not None:
        what_then = "then you are asked to resume care or end the episode"
        facts.append(Fact("Paused until", f"{long_date(episode.paused_until)}: {what_then}; safety never pauses"))
    if episode.ended_on and episode.end_reason:
        note = f". {episode.end_note}" if episode.end_note else ""
        facts.append(Fact("Ended", f"{long_date(episode.ended_on)}: {END_REASONS[episode.end_reason].lower()}{note}"))
    return tuple(facts)


def consent_words(consent: Consent) -> str:
    words = [
        f"{CONSENT_MODES.get(consent.mode, consent.mode)}, {long_date(consent.given_on)}",
        f"given by {consent.given_by}",
        f"taken by {consent.taken_by}",
    ]
    if not consent.has_capacity:
        words.append("the person lacked capacity")
    words.append("cost sharing explained" if consent.cost_sharing_told else "cost sharing not yet explained")
    return ", ".join(words)


def phase_entries(spells: Sequence[PhaseSpell], names: Names) -> tuple[TimelineEntry, ...]:
    """The phases, newest first."""
    return tuple(
        TimelineEntry(
            date=long_date(spell.starts_on),
            title=PHASE_TITLES[spell.phase],
            words=spell.why,
            by=_by(spell.set_by_id, names),
        )
        for spell in reversed(spells)
    )


def team_lines(
    episode: Episode, members: Sequence[TeamMember], names: Names, *, may_change: bool
) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Who holds each place now (every place, also the open ones), and who held one before."""
    holders = {member.role: member for member in members if member.ends_on is None}
    now = [
        Line(
            label=title,
            value=holder_name(holders[role]) if role in holders else "Nobody yet",
            since=f"since {long_date(holders[role].starts_on)}" if role in holders else "",
            why=_why(holders[role], names) if role in holders else "",
            url=_url("change_team", episode, role=role) if may_change and episode.is_open else "",
        )
        for role, title in TEAM_ROLES.items()
    ]
    before = [
        _before(TEAM_ROLES[member.role], holder_name(member), member)
        for member in reversed(members)
        if member.ends_on is not None
    ]
    return tuple(now), tuple(before)


def measure_lines(
    episode: Episode,
    tracked: Sequence[TrackedMeasure],
    targets: Sequence[TreatmentTarget],
    catalogue: Catalogue,
    *,
    may_change: bool,
) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The scales followed now with their targets, and what was followed or aimed at before."""
    aims = {target.scale: target for target in targets if target.ends_on is None}
    may_change = may_change and episode.is_open
    now = []
    for row in sorted((row for row in tracked if row.ends_on is None), key=lambda row: row.position):
        name, takes_target = _scale_words(row.scale, catalogue)
        primary = " (metric primary)" if row.scale == episode.metric_primary else ""
        now.append(
            Line(
                label=f"{name}{primary}",
                value=_how_followed(row),
                since=f"since {long_date(row.starts_on)}",
                url=_url("track", episode, scale=row.scale) if may_change else "",
                stop_url=_url("stop_tracking", episode, scale=row.scale) if may_change and not primary else "",
                target=target_words(aims[row.scale]) if row.scale in aims else ("no target" if takes_target else ""),
                target_url=_url("change_target", episode, scale=row.scale) if may_change and takes_target else "",
            )
        )
    before = [
        *(
            _before(_scale_words(target.scale, catalogue)[0], target_words(target), target)
            for target in reversed(targets)
            if target.ends_on is not None
        ),
        *(
            _before(_scale_words(row.scale, catalogue)[0], _how_followed(row), row)
            for row in reversed(tracked)
            if row.ends_on is not None
        ),
    ]
    return tuple(now), tuple(before)


def _how_followed(row: TrackedMeasure) -> str:
    """every 28 days; told when off target."""
    told = "; told when off target" if row.on_request else ""
    return f"every {count(row.cadence_days, 'day')}{told}"


def target_words(target: TreatmentTarget) -> str:
    """at most 4; best achievable, hold, look again by 3 Mar 2026."""
    if target.is_hold and target.review_by:
        return f"best achievable, hold; look again by {long_date(target.review_by)}"
    if target.at_most is not None:
        return f"at most {number(target.at_most)}"
    return f"at least {number(target.at_least)}" if target.at_least is not None else "no level"


def condition_words(rows: Iterable[EpisodeCondition]) -> str:
    return ", ".join(CONDITIONS[row.condition] for row in rows if row.ends_on is None)


def former_conditions(rows: Sequence[EpisodeCondition]) -> tuple[Line, ...]:
    return tuple(_before(CONDITIONS[row.condition], "", row) for row in reversed(rows) if row.ends_on is not None)


def earlier_episodes(episodes: Sequence[Episode]) -> tuple[Fact, ...]:
    """One line for each episode but the one shown whole."""
    return tuple(
        Fact(
            episode.clinic.name,
            f"{PHASE_TITLES[episode.phase]}, {long_date(episode.enrolled_on or episode.referred_on)}"
            + (f" to {long_date(episode.ended_on)}" if episode.ended_on else "")
            + (f": {END_REASONS[episode.end_reason].lower()}" if episode.end_reason else ""),
            url=url_for("episodes.care", patient_id=episode.patient_id, episode_id=episode.id),
        )
        for episode in episodes
    )


def _scale_words(scale_key: str, catalogue: Catalogue) -> tuple[str, bool]:
    try:
        instrument, scale = catalogue.instrument_of(scale_key), catalogue.scale(scale_key)
    except LookupError:  # an instrument of the clinic's own that was taken out of use
        return scale_key, False
    return scale_name(instrument, scale), scale.has_course


def _why(row: TeamMember, names: Names) -> str:
    by = _by(row.set_by_id, names)
    return ", ".join(part for part in (row.why, f"entered by {by}" if by else "") if part)


def _by(user_id: uuid.UUID | None, names: Names) -> str:
    return names.get(user_id, "") if user_id else ""


def _url(endpoint: str, episode: Episode, **values: str) -> str:
    return url_for(f"episodes.{endpoint}", patient_id=episode.patient_id, episode_id=episode.id, **values)  # type: ignore[arg-type]  # values of the route


def episode_urls(episode: Episode, *, may_change: bool) -> dict[str, str]:
    """What can be done with an episode now, by name; empty where it cannot."""
    possible: set[str] = {"correct_dates"} if may_change else set()
    if may_change and episode.is_open:
        possible |= {"end", "propose_transfer", "involve_team"}
        possible |= {"enrol"} if episode.enrolled_on is None else set(_IN_CARE)
    elif may_change:
        possible |= {"reopen"}
    offered = ("end", "enrol", "propose_transfer", "involve_team", "reopen", "correct_dates", *_IN_CARE)
    return {name: _url(name, episode) if name in possible else "" for name in offered}


_IN_CARE = ("change_phase", "track", "change_conditions")
