"""What the pages about episodes share: whose, which, and how a change is saved."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from flask import Blueprint, abort, render_template, url_for
from flask_login import current_user

from registry import clock
from registry.access.policy import can, found
from registry.accounts.saving import save
from registry.audit.opened import opened
from registry.db.conflict import EditConflict
from registry.episodes.models import Episode
from registry.episodes.patient_header import IdentityHeader, load_header
from registry.episodes.presenters import ChangePage
from registry.episodes.queries import History, edition, get_episode, lock_episode
from registry.patients.presenters import Difference
from registry.web.form_fields import RegistryForm
from registry.web.pages import Page

blueprint = Blueprint("episodes", __name__, url_prefix="/patients")


def episode_to_change(patient_id: uuid.UUID, episode_id: uuid.UUID) -> Episode:
    """An open episode of this person at a clinic where the user may change it; anything else does not exist."""
    episode = found(get_episode(episode_id, patient_id=patient_id))
    if not episode.is_open or not can(current_user, "episode.write", clinic_id=episode.clinic_id):
        abort(404)
    return episode


def episode_in_care(patient_id: uuid.UUID, episode_id: uuid.UUID) -> Episode:
    """Likewise, and the person is enrolled."""
    episode = episode_to_change(patient_id, episode_id)
    if episode.enrolled_on is None:
        abort(404)
    return episode


def today_of(episode: Episode) -> date:
    return episode.clinic.today(clock.now())


def header_of(episode: Episode) -> IdentityHeader:
    return found(load_header(episode.patient_id, today_of(episode), clinic_id=episode.clinic_id))


def care_url(patient_id: uuid.UUID) -> str:
    return url_for("episodes.care", patient_id=patient_id)


def version_of(history: History, episode: Episode) -> str:
    """What a form about one kind of history is opened at."""
    return str(edition(history, episode.id))


def show(
    template: str,
    *,
    title: str,
    episode: Episode,
    form: RegistryForm,
    subtitle: str = "",
    unit: str = "",
    differences: tuple[Difference, ...] = (),
    hints: Mapping[str, str] | None = None,
    medicines: Sequence[str] = (),
    unanswered: Sequence[str] = (),
) -> str:
    """A form about one episode, under the person's header."""
    page = ChangePage(
        title=title,
        patient=header_of(episode),
        form=form,
        today=today_of(episode),
        back_url=care_url(episode.patient_id),
        subtitle=subtitle,
        unit=unit,
        conflict=differences,
        hints=hints or {},
        medicines=medicines,
        unanswered=unanswered,
    )
    opened("patient.opened", by=current_user, patient_id=episode.patient_id)
    return render_template(f"episodes/{template}.html", page=page)


def save_change(
    *,
    form: RegistryForm,
    episode: Episode,
    history: History,
    act: Callable[[Episode], None],
    render: Callable[[tuple[Difference, ...]], str],
    compare: Callable[[], tuple[Difference, ...]],
) -> Page:
    """Show the form, or do what it asks, once, unless somebody changed the same history since it was opened."""
    episode_id, patient_id = episode.id, episode.patient_id

    def change() -> None:
        fresh = lock_episode(episode_id)
        if edition(history, episode_id) != form.opened_version:
            raise EditConflict(fresh)
        act(fresh)

    def beside() -> Page:
        form.version.data = str(edition(history, episode_id))
        return render(compare()), 409

    return save(form, change, to=care_url(patient_id), show=lambda status: (render(()), status), overtaken=beside)
