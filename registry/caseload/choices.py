"""What somebody chose to see: their columns, and the views they and their clinics saved."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import joinedload

from registry.access.reading import rows_of
from registry.caseload.column_sets import known_columns
from registry.caseload.models import ColumnChoice, SavedView
from registry.db.among import among
from registry.extensions import db

# Made once: building a statement costs more than running it.
_COLUMNS = select(ColumnChoice.columns).where(ColumnChoice.user_id == bindparam("user_id"))
_VIEWS = (
    select(SavedView)
    .where(or_(SavedView.owner_id == bindparam("user_id"), among(SavedView.shared_with_id, "clinic_ids")))
    .options(joinedload(SavedView.owner))
    .order_by(SavedView.name, SavedView.id)
)


def get_columns(user_id: uuid.UUID) -> tuple[str, ...]:
    """The columns somebody chose, in order; none where they chose none."""
    return known_columns(key for row in rows_of(_COLUMNS, {"user_id": user_id}) for key in row.columns)


def list_saved_views(user_id: uuid.UUID, clinic_ids: Collection[uuid.UUID]) -> Sequence[SavedView]:
    """The views somebody saved, and those shared with these clinics, by name."""
    return db.session.scalars(_VIEWS, {"user_id": user_id, "clinic_ids": list(clinic_ids)}).all()


def get_saved_view(view_id: uuid.UUID, *, user_id: uuid.UUID, clinic_ids: Collection[uuid.UUID]) -> SavedView | None:
    """A view of ``list_saved_views`` by its id; any other does not exist."""
    return next((view for view in list_saved_views(user_id, clinic_ids) if view.id == view_id), None)
