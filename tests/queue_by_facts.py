"""The psychiatrist's queue worked out anew from what is written down, person by person, as of one day.

Another way than the program does: nothing that is kept of a place is read, and every day is looked at by itself.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

from sqlalchemy import Select, select

from registry.alerts.models import Alert, AlertEvent
from registry.case_review.queue import review_queue
from registry.caseload.models import CaseloadRow
from registry.caseload.ranking import LAYER_OF, Layer, is_quiet
from registry.contacts.models import DangerReport
from registry.episodes.models import Episode, Transfer
from registry.extensions import db
from registry.measurements.models import Measurement
from registry.review.models import Recommendation, Review, ReviewQuestion

Row = TypeVar("Row", Alert, Review, ReviewQuestion, Recommendation)
Own = TypeVar("Own", Review, ReviewQuestion, Recommendation)

AHEAD = (0, 1, 3, 6, 7, 8, 15, 30, 41, 42, 43, 60, 120, 200)
"""Days on which nobody has looked since: a question has waited, a silence has begun, a pause was to end."""
FIRST = 3


@dataclass(frozen=True, slots=True)
class Stand:
    """Why somebody waits, and before whom."""

    order: tuple[Layer, bool, date]
    rules: tuple[str, ...]
    answered: tuple[uuid.UUID, ...]
    is_quiet: bool


def wrong_in_queue(today: Mapping[uuid.UUID, date], ahead: Sequence[int] = AHEAD) -> Iterator[str]:
    """What the queue of these clinics says otherwise than the facts, on their dates and so many days later."""
    facts = _Facts(list(today))
    for days in ahead:
        then = {clinic_id: day + timedelta(days=days) for clinic_id, day in today.items()}
        expected = facts.queue(then)
        queue = review_queue(then)
        stored = {row.episode_id: row for row in queue.waiting}
        if stored.keys() != expected.keys() or queue.total != len(expected):
            yield f"{days} days on: {len(stored)} wait, counted {queue.total}; should be {len(expected)}"
            continue
        if [expected[id_].order for id_ in stored] != sorted(each.order for each in expected.values()):
            yield f"{days} days on: the order is {[expected[id_].order for id_ in stored]}"
        if list(stored)[:FIRST] != [row.episode_id for row in review_queue(then, limit=FIRST).waiting]:
            yield f"{days} days on: the first are others than in the whole"
        for id_, row in stored.items():
            said = Stand(
                expected[id_].order,
                tuple(sorted(row.queue_rules.split())),
                tuple(uuid.UUID(each) for each in row.queue_answered),
                is_quiet(row, then[row.clinic_id]),
            )
            if said != expected[id_]:
                yield f"{days} days on: {id_} is {said}, should be {expected[id_]}"


class _Facts:
    def __init__(self, clinic_ids: Sequence[uuid.UUID]) -> None:
        self._rows = db.session.scalars(
            select(CaseloadRow).where(CaseloadRow.clinic_id.in_(clinic_ids), CaseloadRow.is_open)
        ).all()
        self._told: dict[uuid.UUID, list[datetime]] = defaultdict(list)
        for event in db.session.scalars(select(AlertEvent).where(AlertEvent.kind.in_(("opened", "appended")))):
            news = (event.details or {}).get("told_at")
            self._told[event.alert_id].append(datetime.fromisoformat(news) if news else event.at)
        forms = db.session.scalars(select(Measurement)).all()
        self._answers = {str(each.id): each.answers or {} for each in forms if each.status in ("draft", "final")}
        self._reports = {
            str(id_) for id_ in db.session.scalars(select(DangerReport.id).where(DangerReport.status == "final"))
        }
        self._corrected_to = {str(each.replaces_id): str(each.id) for each in forms if each.replaces_id is not None}
        self._alerts = _by_person(select(Alert).order_by(Alert.closed_at, Alert.id))
        self._reviews = _by_person(select(Review).where(Review.status == "final"))
        self._questions = _by_person(
            select(ReviewQuestion).where(
                ReviewQuestion.answered_by_review_id.is_(None), ReviewQuestion.withdrawn_at.is_(None)
            )
        )
        self._advice = _by_person(select(Recommendation).join(Recommendation.review).where(Review.status == "final"))

    def queue(self, today: Mapping[uuid.UUID, date]) -> dict[uuid.UUID, Stand]:
        found = {row.episode_id: self._stand(row, today[row.clinic_id]) for row in self._rows}
        return {episode_id: stand for episode_id, stand in found.items() if stand is not None}

    def _stand(self, row: CaseloadRow, today: date) -> Stand | None:
        own = row.patient_id, row.episode_id
        reviews = _own(self._reviews, *own)
        reviewed_on = max((each.reviewed_on for each in reviews), default=None)
        known_until = max((each.known_until for each in reviews), default=None)
        alerts = [each for each in self._alerts[row.patient_id] if each.is_safety or each.episode_id == row.episode_id]
        open_ = [each for each in alerts if each.closed_at is None and each.rule in LAYER_OF]
        is_due = any(each.rule == "review.due" for each in open_)
        is_off = any(each.rule == "target.off" for each in open_)
        unmet = Layer.OFF_TARGET if is_off else Layer.QUESTION
        began_on = row.first_baseline_on or row.enrolled_on
        unchanged = max((day for day in (row.changed_on, began_on) if day), default=None)

        def ordered(layer: Layer, since: date) -> tuple[Layer, bool, date]:
            return layer, False, unchanged if layer is Layer.OFF_TARGET and unchanged else since

        def is_news(alert: Alert) -> bool:
            """To the last review, of whatever was open then."""
            if is_due or reviewed_on is None or known_until is None:
                return True
            layer, told_at = LAYER_OF[alert.rule], max(self._told[alert.id])
            if layer in (Layer.SAFETY, Layer.WORSE, Layer.OFF_TARGET) and told_at >= known_until:
                return True
            return layer is not Layer.SAFETY and reviewed_on < alert.since

        counted = [each for each in open_ if is_news(each)]
        reasons = []
        for alert in counted:
            layer = Layer.NEW if alert.rule == "review.due" and not reviews else LAYER_OF[alert.rule]
            reasons.append(ordered(unmet if alert.rule in ("review.open", "review.undone") else layer, alert.since))
        unknown_from = self._unknown_from(db.session.get_one(Episode, row.episode_id))
        answered = [
            each
            for each in alerts
            if each.is_safety
            and LAYER_OF.get(each.rule) is Layer.SAFETY
            and each.closed_at is not None
            and each.closed_by_id is not None
            and each.joined_id is None
            and self._is_still_so(each)
            and each.outcome not in (None, "entered-in-error")
            and (known_until is None or each.closed_at > known_until)
            and max(self._told[each.id]) >= unknown_from
        ]
        reasons += [(Layer.SAFETY, True, each.since) for each in answered]
        for advice in _own(self._advice, *own):
            if advice.state != "declined" or advice.decided_on is None or advice.decided_at is None:
                continue
            if known_until is not None and advice.decided_at > known_until:
                reasons.append(ordered(unmet, advice.decided_on))
        for question in _own(self._questions, *own):
            has_waited = (today - question.asked_on).days >= 7
            reasons.append((Layer.QUESTION_WAITED if has_waited else Layer.QUESTION, False, question.asked_on))
        silent_since = _silent_since(row, today)
        silent = silent_since is not None and (is_due or reviewed_on is None or reviewed_on < silent_since)
        if silent and silent_since is not None:
            reasons.append((Layer.QUIET, False, silent_since))
        if not reasons:
            return None
        rules = tuple(sorted(each.rule for each in counted))
        return Stand(min(reasons), rules, tuple(each.id for each in answered), silent)

    def _is_still_so(self, alert: Alert) -> bool:
        """Whether anything it told of stands, in its newest version, and is a danger; a blank beside it is none."""
        told = [alert.evidence, *(each["evidence"] for each in alert.evidence.get("also", ()))]
        return any(self._is_danger(entry) for facts in told for entry in facts.get("answers", ())) or any(
            entry["id"] in self._reports for facts in told for entry in facts.get("reports", ())
        )

    def _is_danger(self, told: Mapping[str, Any]) -> bool:
        """Nothing was answered, too, where a total alone gave it away: no 27 without item 9."""
        id_ = told["id"]
        while id_ in self._corrected_to:
            id_ = self._corrected_to[id_]
        if told["state"] != "positive" or id_ not in self._answers:
            return False
        answer = self._answers[id_].get(told["item_id"])
        return told["value"] is None if answer is None else answer != 0

    def _unknown_from(self, episode: Episode) -> datetime:
        """What was told before that, a review has known of, or nobody cared for the person yet."""
        reviews = _own(self._reviews, episode.patient_id, episode.id)
        if reviews:
            return max(each.known_until for each in reviews)
        sent = db.session.scalars(select(Transfer).where(Transfer.received_episode_id == episode.id)).one_or_none()
        if sent is not None:
            return self._unknown_from(db.session.get_one(Episode, sent.episode_id))
        return datetime.combine(episode.referred_on, time(), tzinfo=UTC) - timedelta(hours=14)


def _silent_since(row: CaseloadRow, today: date) -> date | None:
    """Since when no score has said anything, of somebody who is promised one today."""
    is_paused = row.phase not in ("engaging", "active", "maintaining")
    if is_paused and (row.paused_until is None or row.paused_until > today):
        return None
    known_on = row.first_latest_on or row.course_began_on or row.enrolled_on
    if known_on is None:
        return None
    allowed = max(row.first_stale_after_days or 0, 42) if row.first_latest_on else 42
    since = known_on + timedelta(days=allowed + 1)
    return since if since <= today else None


def _by_person(rows: Select[Row]) -> dict[uuid.UUID, list[Row]]:
    found: dict[uuid.UUID, list[Row]] = defaultdict(list)
    for row in db.session.scalars(rows):
        found[row.patient_id].append(row)
    return found


def _own(rows: Mapping[uuid.UUID, Sequence[Own]], patient_id: uuid.UUID, episode_id: uuid.UUID) -> list[Own]:
    return [each for each in rows.get(patient_id, ()) if each.episode_id == episode_id]
