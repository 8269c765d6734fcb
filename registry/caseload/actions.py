"""Choosing columns, saving views, and giving several people to another care manager."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import select

from registry import clock
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.caseload.column_sets import known_columns
from registry.caseload.models import ColumnChoice, SavedView
from registry.caseload.rules import Listing
from registry.clinics.models import Clinic
from registry.db.transaction import write
from registry.episodes.actions.team import change_team, refuse_unfit
from registry.episodes.facts import TeamPlace
from registry.episodes.models import Episode, TeamMember
from registry.extensions import db

MOST_VIEWS = 20
"""Of one person: more are not found again by their names."""

_ROLE = "care_manager"


class DuplicateView(ValueError):
    """The person has a view of this name already."""


class TooManyViews(ValueError):
    """The person has ``MOST_VIEWS`` already."""


def choose_columns(*, columns: Sequence[str], by: User) -> None:
    """Show these columns, in this order; none of them: those of the role again."""
    with write():
        held = db.session.get(ColumnChoice, by.id)
        chosen = list(known_columns(columns))
        if held is not None and not chosen:
            db.session.delete(held)
        elif chosen:
            row = held or ColumnChoice(user_id=by.id)
            row.columns, row.chosen_at = chosen, clock.now()
            db.session.add(row)
        record("caseload.columns-chosen", by=by)


def save_view(*, name: str, listing: Listing, share_with: Clinic | None, by: User) -> SavedView:
    """Keep a list under a name, for oneself or for a clinic. Raises ``DuplicateView``, ``TooManyViews``."""
    with write():
        held = db.session.scalars(select(SavedView.name).where(SavedView.owner_id == by.id)).all()
        if name in held:
            raise DuplicateView(name)
        if len(held) >= MOST_VIEWS:
            raise TooManyViews
        view = SavedView(
            owner_id=by.id,
            name=name,
            address=dict(listing.address),
            shared_with_id=None if share_with is None else share_with.id,
            saved_at=clock.now(),
        )
        db.session.add(view)
        record("saved-view.added", by=by, subject=view, clinic_id=view.shared_with_id)
        return view


def share_view(*, view: SavedView, clinic: Clinic | None, by: User) -> None:
    """Show a view to a clinic too, or (None) to its owner alone again."""
    with write():
        fresh = db.session.get_one(SavedView, view.id)
        before = fresh.shared_with_id
        fresh.shared_with_id = None if clinic is None else clinic.id
        record("saved-view.shared", by=by, subject=fresh, clinic_id=fresh.shared_with_id or before)


def remove_view(*, view: SavedView, by: User) -> None:
    """Forget a view. Whom it listed is not touched."""
    with write():
        fresh = db.session.get_one(SavedView, view.id)
        record("saved-view.removed", by=by, subject=fresh, clinic_id=fresh.shared_with_id)
        db.session.delete(fresh)


def refuse_unfit_manager(*, to: User, clinic_ids: Collection[uuid.UUID]) -> None:
    """Raise ``UnfitForTeam`` unless ``to`` can be a care manager in every one of these clinics."""
    for clinic_id in clinic_ids:
        refuse_unfit(clinic_id, [_care_manager(to)])


def _care_manager(to: User) -> TeamPlace:
    return TeamPlace(role=_ROLE, user_id=to.id)


def assign_care_manager(*, episode_ids: Collection[uuid.UUID], to: User, clinic_id: uuid.UUID, by: User) -> int:
    """Give each of these open episodes of a clinic to ``to``, from today; returns how many changed hands.

    Each is a transaction of its own, so that nobody waits for a whole caseload; a run that was interrupted is simply
    run again. Who is theirs already is passed over. Raises ``UnfitForTeam`` before anything moved.
    """
    place = _care_manager(to)
    refuse_unfit(clinic_id, [place])
    moving = db.session.scalars(
        select(Episode.id)
        .where(
            Episode.id.in_(list(episode_ids)),
            Episode.clinic_id == clinic_id,
            Episode.ended_on.is_(None),
            Episode.id.not_in(
                select(TeamMember.episode_id).where(
                    TeamMember.user_id == to.id, TeamMember.role == _ROLE, TeamMember.ends_on.is_(None)
                )
            ),
        )
        .order_by(Episode.id)
    ).all()
    for episode_id in moving:
        with write():
            episode = db.session.get_one(Episode, episode_id)
            today = episode.clinic.today(clock.now())
            change_team(episode=episode, place=place, on=today, why="Caseload assigned anew", by=by)
    return len(moving)
