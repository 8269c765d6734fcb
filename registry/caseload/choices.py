"""What somebody chose to see: their columns, and the views they and their clinics saved."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import joinedload

from registry.access.reading import Read, rows_of
from registry.caseload.column_sets import known_columns
from registry.caseload.columns import Columns
from registry.caseload.models import ColumnChoice, SavedView
from registry.db.among import among
from registry.extensions import db

# Made once: building a statement costs more than running it.
COLUMNS_CHOSEN = select(ColumnChoice.columns).where(ColumnChoice.user_id == bindparam("user_id"))
_IS_OFFERED = or_(SavedView.owner_id == bindparam("user_id"), among(SavedView.shared_with_id, "clinic_ids"))
_BY_NAME = (SavedView.name, SavedView.id)
VIEWS_OFFERED = select(SavedView.name, SavedView.address).where(_IS_OFFERED).order_by(*_BY_NAME)
_VIEWS = select(SavedView).where(_IS_OFFERED).options(joinedload(SavedView.owner)).order_by(*_BY_NAME)


def get_columns(user_id: uuid.UUID, read: Read = rows_of) -> tuple[str, ...]:
    """The columns somebody chose, in order; none where they chose none."""
    return known_columns(key for row in read(COLUMNS_CHOSEN, {"user_id": user_id}) for key in row.columns)


def name_views(user_id: uuid.UUID, clinic_ids: Collection[uuid.UUID], read: Read = rows_of) -> Sequence[Columns]:
    """Name and address of each of ``list_saved_views``."""
    return read(VIEWS_OFFERED, {"user_id": user_id, "clinic_ids": list(clinic_ids)})


def list_saved_views(user_id: uuid.UUID, clinic_ids: Collection[uuid.UUID]) -> Sequence[SavedView]:
    """The views somebody saved, and those shared with these clinics, by name."""
    return db.session.scalars(_VIEWS, {"user_id": user_id, "clinic_ids": list(clinic_ids)}).all()


def get_saved_view(view_id: uuid.UUID, *, user_id: uuid.UUID, clinic_ids: Collection[uuid.UUID]) -> SavedView | None:
    """A view of ``list_saved_views`` by its id; any other does not exist."""
    return next((view for view in list_saved_views(user_id, clinic_ids) if view.id == view_id), None)
