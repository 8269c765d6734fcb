"""What an episode works on: conditions, the scales followed, and where they should go."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select

from registry import clock
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.db.refused import Refused
from registry.db.transaction import write
from registry.db.types import fits_hundredths
from registry.episodes.dates import refuse_impossible, refuse_long_hold
from registry.episodes.errors import EpisodeHasEnded, ImpossibleTarget
from registry.episodes.facts import TargetWish, Tracking
from registry.episodes.models import Episode, EpisodeCondition, TrackedMeasure, TreatmentTarget
from registry.episodes.rules import CONDITIONS
from registry.episodes.scales import catalogue
from registry.episodes.signals import tell_episode_changed
from registry.extensions import db
from registry.measures.scale import Better

LONGEST_CADENCE_DAYS = 730


def refuse_untrackable(tracking: Tracking) -> None:
    """Raises ``UnknownScale``; ``Refused`` for a cadence outside 1 to 730 days."""
    catalogue().scale(tracking.scale)
    if not 1 <= tracking.cadence_days <= LONGEST_CADENCE_DAYS:
        raise Refused(f"Enter how often in days, from 1 to {LONGEST_CADENCE_DAYS}", field="cadence_days")


def refuse_impossible_target(wish: TargetWish, *, on: date) -> None:
    """Raises ``ImpossibleTarget`` for a level off the scale or on its wrong side, ``ImpossibleDate`` for a hold."""
    scale = catalogue().scale(wish.scale)
    if wish.is_hold:
        refuse_long_hold(on=on, review_by=wish.review_by)
    levels = [level for level in (wish.at_most, wish.at_least) if level is not None]
    if len(levels) > 1 or not (levels or wish.is_hold):
        raise ImpossibleTarget("Enter one level as the target, or choose to hold the best achievable", field="level")
    if not levels:
        return
    if scale.minimum is None or scale.maximum is None:
        raise ImpossibleTarget(f"{scale.name} has no total, so it takes no target", field="level")
    if not scale.minimum <= levels[0] <= scale.maximum or not fits_hundredths(levels[0]):
        raise ImpossibleTarget(
            f"Enter a target from {scale.minimum} to {scale.maximum}, with at most two decimals", field="level"
        )
    if (scale.better is Better.LOWER) != (wish.at_most is not None):
        direction = "at most" if scale.better is Better.LOWER else "at least"
        raise ImpossibleTarget(f"A target of {scale.name} is {direction} a level", field="level")


def target_row(episode: Episode, wish: TargetWish, *, on: date, by: User | None, why: str = "") -> TreatmentTarget:
    """The row of a target from ``on``."""
    return TreatmentTarget(
        episode_id=episode.id,
        patient_id=episode.patient_id,
        scale=wish.scale,
        at_most=wish.at_most,
        at_least=wish.at_least,
        is_hold=wish.is_hold,
        review_by=wish.review_by if wish.is_hold else None,
        starts_on=on,
        why=why or wish.why,
        set_by_id=by.id if by else None,
    )


def change_target(*, episode: Episode, wish: TargetWish, on: date, why: str, by: User | None) -> None:
    """Set where a tracked scale should go from ``on``; the target before stays on record.

    Raises ``EpisodeHasEnded``, ``ImpossibleTarget``, ``ImpossibleDate``.
    """
    with write():
        _refuse_ended(episode)
        if _open_tracking(episode, wish.scale) is None:
            raise ImpossibleTarget("Track this measure before setting its target", field="scale")
        refuse_impossible_target(wish, on=on)
        before = _open_target(episode, wish.scale)
        _refuse_impossible_day(episode, on, after=before.starts_on if before else None)
        if before is not None:
            _end(before, on=on, why=why, by=by)
        db.session.add(target_row(episode, wish, on=on, by=by, why=why))
        record("target.changed", by=by, subject=episode, reason=why or None)
        tell_episode_changed(episode.patient_id)


def track(*, episode: Episode, tracking: Tracking, on: date, why: str, by: User | None) -> None:
    """Follow a scale from ``on``, or follow it at another cadence, or be told when it is off target.

    Raises ``EpisodeHasEnded``, ``ImpossibleDate``, ``UnknownScale``; ``Refused`` when nothing would change.
    """
    with write():
        _refuse_ended(episode)
        refuse_untrackable(tracking)
        before = _open_tracking(episode, tracking.scale)
        if before is not None and _is_as_before(before, tracking):
            raise Refused("This measure is already tracked that way", field="cadence_days")
        _refuse_impossible_day(episode, on, after=before.starts_on if before else None)
        position = before.position if before else _next_position(episode)
        if before is not None:
            _end(before, on=on, why=why, by=by)
        db.session.add(
            TrackedMeasure(
                episode_id=episode.id,
                patient_id=episode.patient_id,
                scale=tracking.scale,
                cadence_days=tracking.cadence_days,
                on_request=tracking.on_request,
                position=position,
                starts_on=on,
                why=why,
                set_by_id=by.id if by else None,
            )
        )
        record("tracked-measure.changed", by=by, subject=episode, reason=why or None)
        tell_episode_changed(episode.patient_id)


def stop_tracking(*, episode: Episode, scale: str, on: date, why: str, by: User | None) -> None:
    """Follow a scale no longer; its target ends with it. The metric primary is followed to the end.

    Raises ``EpisodeHasEnded``, ``ImpossibleDate``; ``Refused`` for the metric primary or a scale not tracked.
    """
    with write():
        _refuse_ended(episode)
        if scale == episode.metric_primary:
            raise Refused("The metric primary is followed for the whole episode", field="scale")
        tracking, target = _open_tracking(episode, scale), _open_target(episode, scale)
        if tracking is None:
            raise Refused("This measure is not tracked", field="scale")
        _refuse_impossible_day(episode, on, after=max(tracking.starts_on, target.starts_on if target else on))
        _end(tracking, on=on, why=why, by=by)
        if target is not None:
            _end(target, on=on, why=why, by=by)
        record("tracked-measure.stopped", by=by, subject=episode, reason=why or None)
        tell_episode_changed(episode.patient_id)


def change_conditions(*, episode: Episode, conditions: Collection[str], on: date, why: str, by: User | None) -> None:
    """From ``on`` the episode treats exactly these conditions. Raises ``EpisodeHasEnded``, ``ImpossibleDate``."""
    with write():
        _refuse_ended(episode)
        unknown = set(conditions) - set(CONDITIONS)
        if unknown or not conditions:
            raise Refused("Choose at least one condition", field="conditions")
        _refuse_impossible_day(episode, on)
        present = db.session.scalars(
            select(EpisodeCondition).where(
                EpisodeCondition.episode_id == episode.id, EpisodeCondition.ends_on.is_(None)
            )
        ).all()
        for row in present:
            if row.condition not in conditions:
                _refuse_impossible_day(episode, on, after=row.starts_on)
                _end(row, on=on, why=why, by=by)
        for condition in sorted(set(conditions) - {row.condition for row in present}):
            db.session.add(
                EpisodeCondition(
                    episode_id=episode.id,
                    patient_id=episode.patient_id,
                    condition=condition,
                    starts_on=on,
                    why=why,
                    set_by_id=by.id if by else None,
                )
            )
        record("conditions.changed", by=by, subject=episode, reason=why or None)
        tell_episode_changed(episode.patient_id)


def _refuse_ended(episode: Episode) -> None:
    if not episode.is_open or episode.enrolled_on is None:
        raise EpisodeHasEnded("Only an episode in care has measures and targets to change")


def _refuse_impossible_day(episode: Episode, on: date, *, after: date | None = None) -> None:
    refuse_impossible(
        on,
        today=episode.clinic.today(clock.now()),
        earliest=after or episode.enrolled_on or episode.referred_on,
        earliest_is="the day the present one began" if after else "the enrolment",
        what="the change",
    )


def _is_as_before(before: TrackedMeasure, tracking: Tracking) -> bool:
    return (before.cadence_days, before.on_request) == (tracking.cadence_days, tracking.on_request)


def _open_tracking(episode: Episode, scale: str) -> TrackedMeasure | None:
    return db.session.scalars(
        select(TrackedMeasure).where(
            TrackedMeasure.episode_id == episode.id, TrackedMeasure.scale == scale, TrackedMeasure.ends_on.is_(None)
        )
    ).one_or_none()


def _open_target(episode: Episode, scale: str) -> TreatmentTarget | None:
    return db.session.scalars(
        select(TreatmentTarget).where(
            TreatmentTarget.episode_id == episode.id, TreatmentTarget.scale == scale, TreatmentTarget.ends_on.is_(None)
        )
    ).one_or_none()


def _next_position(episode: Episode) -> int:
    last = db.session.scalar(select(func.max(TrackedMeasure.position)).where(TrackedMeasure.episode_id == episode.id))
    return 0 if last is None else last + 1


def _end(row: EpisodeCondition | TrackedMeasure | TreatmentTarget, *, on: date, why: str, by: User | None) -> None:
    row.ends_on, row.ended_why, row.ended_by_id = on, why, by.id if by else None
    row.ended_at = clock.now()
    db.session.flush()  # one is over before the next begins
