"""A critical result entered after care had ended: it reaches the last of the team who answers there, else who does.

It stands on the person's last episode, and a person ends it. What somebody has dealt with is not told again: nobody
measures any more.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from registry.alerts.lifecycle import open_alert, revise
from registry.alerts.loading.cases import EpisodeCase
from registry.alerts.log import Log, Stand, plain
from registry.alerts.models import Alert
from registry.alerts.owners import Team, last_of_record
from registry.alerts.parameters import Numbers
from registry.alerts.rulebook import rule
from registry.alerts.rulebook.medication import CRITICAL_ID, unsettled
from registry.alerts.sentences import kept_sentence
from registry.extensions import db


def tell_late_result(
    case: EpisodeCase, standing: Iterable[Alert], team: Team, numbers: Numbers, *, now: datetime, log: Log
) -> Alert | None:
    """Open or revise the alert about it; returns that, None where nothing is to be told.

    ``standing`` are the open alerts of the episode. Whoever prescribed answers, else the last care manager, as long as
    they work there: they know the medicine. Else whoever is on duty; where nobody is, the lead.
    """
    today = case.clinic.today(now)
    finding = rule(CRITICAL_ID).verdict(case.snapshot, today, numbers).finding
    alert = next((each for each in standing if each.rule == CRITICAL_ID), None)
    if finding is None or (alert is None and _told_in(finding.evidence) <= _dealt_with(case.episode.id)):
        return None
    evidence = plain(finding.evidence)
    if alert is None:
        owner_id = last_of_record(case.episode.id) or team.on_duty(case.clinic.id, today) or team.lead(case.clinic.id)
    else:
        owner_id = alert.owner_id
        evidence["dangers"] = _with_unanswered(evidence["dangers"], alert, case, numbers)
    stand = Stand(
        rule=finding.rule,
        version=finding.version,
        tier=finding.tier,
        sentence=kept_sentence(finding.rule, evidence, today),
        evidence=evidence,
        since=finding.since,
        owner_id=owner_id,
    )
    if alert is not None:
        revise(alert, stand, clinic=case.clinic, now=now, log=log)
        return alert
    return open_alert(
        stand,
        patient_id=case.episode.patient_id,
        episode_id=case.episode.id,
        clinic=case.clinic,
        now=now,
        log=log,
    )


def is_late_result(alert: Alert) -> bool:
    """Whether the alert was first told after care had ended: there is no team that it could follow."""
    return alert.rule == CRITICAL_ID and alert.evidence.get("ended_on") is not None


def _with_unanswered(
    dangers: Iterable[Mapping[str, Any]], alert: Alert, case: EpisodeCase, numbers: Numbers
) -> list[Mapping[str, Any]]:
    """What came late, and what the alert told of before that: nobody has said yet what was done about it."""
    found = {each["id"]: each for each in unsettled(alert.evidence["dangers"], case.snapshot, numbers)}
    found |= {each["id"]: each for each in dangers}
    return [found[id_] for id_ in sorted(found)]


def _dealt_with(episode_id: uuid.UUID) -> set[str]:
    """The results of which a person has closed an alert."""
    closed = db.session.scalars(
        select(Alert.evidence).where(
            Alert.episode_id == episode_id, Alert.rule == CRITICAL_ID, Alert.closed_by_id.is_not(None)
        )
    )
    return {id_ for evidence in closed for id_ in _told_in(evidence)}


def _told_in(evidence: Mapping[str, Any]) -> set[str]:
    return {each["id"] for each in evidence["dangers"]}
