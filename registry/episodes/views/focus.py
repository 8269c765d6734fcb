"""Changing what an episode works on: tracked measures, targets, conditions."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import abort, request
from flask_login import current_user

from registry.access.policy import policy
from registry.episodes import actions
from registry.episodes.facts import Tracking
from registry.episodes.forms import ChangeForm, ConditionsForm, StopTrackingForm, TargetForm, TrackingForm
from registry.episodes.models import Episode, EpisodeCondition, TrackedMeasure, TreatmentTarget
from registry.episodes.presenters import condition_words, level_words, scale_name, target_words
from registry.episodes.queries import History, followed_instruments, list_parts
from registry.episodes.rules import CONDITIONS
from registry.episodes.scales import catalogue, instruments_at, scales_in_force
from registry.episodes.views.common import blueprint, episode_in_care, save_change, show, today_of, version_of
from registry.measures.catalogue import UnknownScale
from registry.measures.instrument import Instrument
from registry.measures.scale import Scale
from registry.patients.presenters import Difference
from registry.web.filters import count
from registry.web.form_fields import choices
from registry.web.pages import Page


def _known_scale(scale_key: str) -> tuple[Instrument, Scale]:
    try:
        return catalogue().instrument_of(scale_key), catalogue().scale(scale_key)
    except UnknownScale:
        abort(404)


@blueprint.route("/<uuid:patient_id>/episodes/<uuid:episode_id>/measures", methods=["GET", "POST"])
@policy("episode.write")
def track(patient_id: uuid.UUID, episode_id: uuid.UUID) -> Page:
    episode = episode_in_care(patient_id, episode_id)
    today, preset = today_of(episode), request.args.get("scale", "")
    form = TrackingForm(
        today=today,
        on=today,
        scale=preset,
        on_request=_is_told(episode_id, preset),
        version=version_of(TrackedMeasure, episode),
    )
    offered = instruments_at(episode.clinic_id, also=followed_instruments(patient_id))
    names = {each.scale_key(scale): scale_name(each, scale) for each in offered for scale in each.scales}
    form.scale.choices = choices({"": "Choose a measure"} | names)

    def act(fresh: Episode) -> None:
        tracking = Tracking(
            scale=form.scale.data, cadence_days=form.cadence_days.data or 0, on_request=form.on_request.data
        )
        actions.track(episode=fresh, tracking=tracking, on=form.day, why=form.why.data or "", by=current_user)

    return _save(
        form,
        episode,
        history=TrackedMeasure,
        template="track",
        title="Track a measure",
        act=act,
        compare=lambda: _tracked_difference(episode_id, f"{form.scale.data} every {form.cadence_days.data} days"),
    )


@blueprint.route("/<uuid:patient_id>/episodes/<uuid:episode_id>/measures/<scale>/stop", methods=["GET", "POST"])
@policy("episode.write")
def stop_tracking(patient_id: uuid.UUID, episode_id: uuid.UUID, scale: str) -> Page:
    episode = episode_in_care(patient_id, episode_id)
    instrument, known = _known_scale(scale)
    today = today_of(episode)
    form = StopTrackingForm(today=today, on=today, version=version_of(TrackedMeasure, episode))

    def act(fresh: Episode) -> None:
        actions.stop_tracking(episode=fresh, scale=scale, on=form.day, why=form.why.data or "", by=current_user)

    return _save(
        form,
        episode,
        history=TrackedMeasure,
        template="stop_tracking",
        title=f"Stop tracking {scale_name(instrument, known)}",
        act=act,
        compare=lambda: _tracked_difference(episode_id, f"no longer {scale}"),
    )


def _is_told(episode_id: uuid.UUID, scale: str) -> bool:
    """Whether the scale, as it is followed now, tells when it is off target."""
    return any(
        row.on_request for row in list_parts(TrackedMeasure, episode_id) if row.scale == scale and row.ends_on is None
    )


def _tracked_difference(episode_id: uuid.UUID, yours: str) -> tuple[Difference, ...]:
    tracked = [row for row in list_parts(TrackedMeasure, episode_id) if row.ends_on is None]
    theirs = ", ".join(f"{row.scale} every {count(row.cadence_days, 'day')}" for row in tracked)
    return (Difference("Tracked measures", theirs or "none", yours),)


@blueprint.route("/<uuid:patient_id>/episodes/<uuid:episode_id>/targets/<scale>", methods=["GET", "POST"])
@policy("episode.write")
def change_target(patient_id: uuid.UUID, episode_id: uuid.UUID, scale: str) -> Page:
    episode = episode_in_care(patient_id, episode_id)
    instrument = _known_scale(scale)[0]
    known = scales_in_force().at(episode.clinic_id).scale(scale)
    today = today_of(episode)
    form = TargetForm(today=today, on=today, level=known.target_in_force, version=version_of(TreatmentTarget, episode))

    def act(fresh: Episode) -> None:
        wanted = form.wish(scale, known)
        actions.change_target(episode=fresh, wish=wanted, on=form.day, why=form.why.data or "", by=current_user)

    def compare() -> tuple[Difference, ...]:
        yours = f"{form.level.data}" if form.kind.data == "level" else "hold"
        return (Difference("Target", _present_target(episode_id, scale), yours),)

    return _save(
        form,
        episode,
        history=TreatmentTarget,
        template="target",
        title=f"Change the target of {scale_name(instrument, known)}",
        subtitle=f"Now: {_present_target(episode_id, scale)}",
        unit=level_words(known),
        act=act,
        compare=compare,
    )


def _present_target(episode_id: uuid.UUID, scale: str) -> str:
    rows = [row for row in list_parts(TreatmentTarget, episode_id) if row.scale == scale and row.ends_on is None]
    return target_words(rows[0]) if rows else "no target"


@blueprint.route("/<uuid:patient_id>/episodes/<uuid:episode_id>/conditions", methods=["GET", "POST"])
@policy("episode.write")
def change_conditions(patient_id: uuid.UUID, episode_id: uuid.UUID) -> Page:
    episode = episode_in_care(patient_id, episode_id)
    today, present = today_of(episode), list_parts(EpisodeCondition, episode.id)
    form = ConditionsForm(
        today=today,
        on=today,
        conditions=[row.condition for row in present if row.ends_on is None],
        version=version_of(EpisodeCondition, episode),
    )

    def act(fresh: Episode) -> None:
        actions.change_conditions(
            episode=fresh, conditions=form.conditions.data or (), on=form.day, why=form.why.data or "", by=current_user
        )

    def compare() -> tuple[Difference, ...]:
        yours = ", ".join(CONDITIONS[code] for code in form.conditions.data or ())
        return (Difference("Conditions", condition_words(list_parts(EpisodeCondition, episode_id)), yours),)

    return _save(
        form,
        episode,
        history=EpisodeCondition,
        template="conditions",
        title="Change the conditions treated",
        act=act,
        compare=compare,
    )


def _save(
    form: ChangeForm,
    episode: Episode,
    *,
    history: History,
    template: str,
    title: str,
    act: Callable[[Episode], None],
    compare: Callable[[], tuple[Difference, ...]],
    subtitle: str = "",
    unit: str = "",
) -> Page:
    def render(differences: tuple[Difference, ...]) -> str:
        return show(
            template, title=title, subtitle=subtitle, unit=unit, episode=episode, form=form, differences=differences
        )

    return save_change(form=form, episode=episode, history=history, act=act, render=render, compare=compare)
