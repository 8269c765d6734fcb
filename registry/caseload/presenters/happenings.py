"""Each entry of the timeline in words, by the name of its source in ``registry.caseload.happenings``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for

from registry.caseload.presenters import happenings_around as around
from registry.caseload.presenters.brief import full_sentence
from registry.caseload.presenters.scores import scale_label
from registry.caseload.presenters.told import Told, Words
from registry.contacts.rules import DANGERS, KINDS, MODALITIES, reach_words
from registry.episodes.patient_header import holder_name
from registry.episodes.presenters import consent_words, target_words
from registry.episodes.rules import CONDITIONS, END_REASONS, PHASE_TITLES, TEAM_ROLES
from registry.life.rules import KINDS as KINDS_OF_EVENT
from registry.life.rules import is_open
from registry.measurements.instruments import catalogue
from registry.measurements.presenters.words import category_words
from registry.physical.presenters import observation_title
from registry.plans.rules import GOAL_STATES, PLANS
from registry.review.rules import KINDS as ADVICE_KINDS
from registry.review.rules import STATES
from registry.treatment.presenters import entry_words
from registry.web.filters import count, long_date, number

STILL_OPEN = "Still open, and said as of today"
"""Of an alert: it stands on the day it began, when nobody could have said all of this yet."""

_TIER_KINDS = {"urgent": "urgent", "action": "action"}


def _measurement(row: Any, _told: Told) -> Words:
    instrument = catalogue().get(row.instrument, row.instrument_version)
    scores = [
        f"{scale_label(score.scale)} {score.category or number(score.value)}{f' ({score.band})' if score.band else ''}"
        if score.value is not None
        else f"{scale_label(score.scale)}: {category_words(score.category, score.band)}"
        for score in row.scores
    ]
    draft = " (draft)" if row.status == "draft" else ""
    title = f"{'; '.join(scores) or f'{instrument.short_title}, no score'}{draft}"
    page = url_for("measurements.measure", patient_id=row.patient_id, measurement_id=row.id)
    return Words(title, row.why, icon="measures", url="" if row.status == "draft" else page)


def _contact(row: Any, _told: Told) -> Words:
    minutes = count(row.minutes, "minute") if row.minutes else ""
    facts = [KINDS[row.kind], MODALITIES[row.modality].lower(), reach_words(row.kind, reached=row.reached), minutes]
    title = ", ".join(fact for fact in facts if fact)
    kind = "good" if row.reached and row.kind == "treatment" else ""
    return Words(title, row.note, row.staff.name, kind, icon="phone")


def _danger(row: Any, _told: Told) -> Words:
    title = f"Danger reported: {DANGERS[row.kind].lower()}"
    words = f"{row.words} ({row.why})" if row.why else row.words
    return Words(title, words, f"said by {row.said_by}", "" if row.why else "urgent", icon="urgent")


def _review(row: Any, _told: Told) -> Words:
    advice = [f"{ADVICE_KINDS[each.kind]}: {each.words} ({STATES[each.state].lower()})" for each in row.recommendations]
    words = "; ".join([*([row.summary.rstrip(".")] if row.summary else []), *advice])
    return Words("Psychiatric case review", words, row.consultant.name, icon="review")


def _question(row: Any, _told: Told) -> Words:
    withdrawn = " (withdrawn)" if row.withdrawn_at else ""
    return Words(f"Question for the psychiatrist{withdrawn}", row.words, icon="review")


def _decided(row: Any, _told: Told) -> Words:
    """Done since, the decision is no longer stored: it was one of those that lead to doing."""
    decision = "taken up" if row.state == "done" else STATES[row.state].lower()
    return Words(f"Recommendation {decision}", _advice_words(row, row.decision_why), icon="review")


def _done(row: Any, _told: Told) -> Words:
    return Words("Recommendation done", _advice_words(row), kind="good", icon="good")


def _advice_words(row: Any, why: str = "") -> str:
    return ". ".join(part for part in (f"{ADVICE_KINDS[row.kind]}: {row.words.rstrip('.')}", why) if part)


def _alert(row: Any, told: Told) -> Words:
    """Worded as of today, or as of the day it was closed."""
    until = row.closed_at.astimezone(told.zone).date() if row.closed_at else told.today
    sentence = full_sentence({"rule": row.rule, "evidence": row.evidence, "sentence": row.sentence}, until)
    closed = f"Closed {long_date(until)}. {row.closing_words}".rstrip() if row.closed_at else STILL_OPEN
    page = url_for("alerts.alert", patient_id=row.patient_id, alert_id=row.id)
    return Words(sentence, closed, kind=_TIER_KINDS.get(row.tier, ""), icon="action", url=page)


def _phase(row: Any, told: Told) -> Words:
    if row.phase != "ended":
        return Words(f"Phase: {PHASE_TITLES[row.phase].lower()}", row.why, icon="event")
    episode = told.episodes.get(row.episode_id)
    reason = END_REASONS.get(episode.end_reason or "", "") if episode else ""
    return Words(f"Episode ended: {reason.lower()}" if reason else "Episode ended", row.why, icon="event")


def _joined(row: Any, _told: Told) -> Words:
    return Words(f"{TEAM_ROLES[row.role]}: {holder_name(row)}", row.why, icon="patients")


def _left(row: Any, _told: Told) -> Words:
    return Words(f"No longer {TEAM_ROLES[row.role].lower()}: {holder_name(row)}", row.ended_why, icon="patients")


def _consented(row: Any, _told: Told) -> Words:
    return Words("Consent to collaborative care", consent_words(row), icon="event")


def _consent_revoked(row: Any, _told: Told) -> Words:
    return Words("Consent revoked", f"The consent of {long_date(row.given_on)}", kind="action", icon="event")


def _condition(row: Any, _told: Told) -> Words:
    return Words(f"Condition: {CONDITIONS[row.condition]}", row.why, icon="event")


def _condition_ended(row: Any, _told: Told) -> Words:
    return Words(f"No longer a condition treated here: {CONDITIONS[row.condition]}", row.ended_why, icon="event")


def _followed(row: Any, _told: Told) -> Words:
    return Words(
        f"Followed: {scale_label(row.scale)}, every {count(row.cadence_days, 'day')}", row.why, icon="measures"
    )


def _followed_ended(row: Any, _told: Told) -> Words:
    title = f"No longer followed every {count(row.cadence_days, 'day')}: {scale_label(row.scale)}"
    return Words(title, row.ended_why, icon="measures")


def _target(row: Any, _told: Told) -> Words:
    return Words(f"Target for {scale_label(row.scale)}: {target_words(row)}", row.why, icon="event")


def _target_ended(row: Any, _told: Told) -> Words:
    return Words(f"No longer the target for {scale_label(row.scale)}: {target_words(row)}", row.ended_why, icon="event")


def _treated(row: Any, _told: Told) -> Words:
    words, kind, detail = entry_words(row.trial, row)
    is_about = getattr(row, "is_about", False)
    about = f" (known roughly, about {long_date(row.happened_on)})" if is_about else ""
    page = url_for("treatment.treatment", patient_id=row.patient_id)
    return Words(
        f"{row.trial.name}: {words[:1].lower()}{words[1:]}{about}",
        detail,
        row.recorded_by.name,
        kind,
        icon="event",
        url=page,
    )


def _goal(row: Any, _told: Told) -> Words:
    ended = f"{GOAL_STATES[row.status]} {long_date(row.ended_on)}: {row.ended_words}" if row.ended_on else ""
    page = url_for("plans.plan", patient_id=row.patient_id)
    return Words(f"Goal: “{row.words}”", ended, kind="good" if row.status == "reached" else "", url=page)


def _rated(row: Any, _told: Told) -> Words:
    page = url_for("plans.plan", patient_id=row.patient_id)
    return Words(f"Goal rated {row.rating} of 10: “{row.goal.words}”", row.words, url=page)


def _planned(row: Any, _told: Told) -> Words:
    title = f"{PLANS[row.kind]}, version {row.number}"
    page = url_for("plans.plan", patient_id=row.patient_id)
    return Words(title, f"Took part: {row.took_part}", row.recorded_by.name, url=page)


def _observed(row: Any, _told: Told) -> Words:
    page = url_for("caseload.physical", patient_id=row.patient_id)
    return Words(observation_title(row), row.words, icon="measures", url=page)


def _life(row: Any, _told: Told) -> Words:
    lasts = row.status == "final" and is_open(row.kind, ends_on=row.ends_on)
    title = KINDS_OF_EVENT[row.kind]
    return Words(f"{title}, no end told" if lasts else title, row.words, icon="event", url=_life_url(row))


def _stay_ended(row: Any, _told: Told) -> Words:
    return Words(f"{KINDS_OF_EVENT[row.kind]}: over", row.words, icon="event", url=_life_url(row))


def _life_url(row: Any) -> str:
    return url_for("life.events", patient_id=row.patient_id)


WORDED: Mapping[str, Callable[[Any, Told], Words]] = {
    "measurement": _measurement,
    "contact": _contact,
    "danger": _danger,
    "review": _review,
    "question": _question,
    "decided": _decided,
    "done": _done,
    "treated": _treated,
    "injected": _treated,
    "adherence": _treated,
    "goal": _goal,
    "rated": _rated,
    "planned": _planned,
    "observed": _observed,
    "life": _life,
    "stay-ended": _stay_ended,
    "alert": _alert,
    "phase": _phase,
    "transfer-proposed": around.transfer_proposed,
    "transfer-answered": around.transfer_answered,
    "transfer-completed": around.transfer_completed,
    "joined": _joined,
    "left": _left,
    "other-team": around.other_team,
    "other-team-left": around.other_team_left,
    "consented": _consented,
    "consent-revoked": _consent_revoked,
    "condition": _condition,
    "condition-ended": _condition_ended,
    "followed": _followed,
    "followed-ended": _followed_ended,
    "target": _target,
    "target-ended": _target_ended,
    "related": around.related,
    "related-ended": around.related_ended,
    "release-ended": around.release_ended,
    "reach": around.reach,
    "reach-ended": around.reach_ended,
    "payer": around.payer,
    "payer-ended": around.payer_ended,
    "legal": around.legal,
    "legal-ended": around.legal_ended,
    "directive": around.directive,
    "asked": around.asked,
    "answered": around.answered,
}
"""Source → its words."""
