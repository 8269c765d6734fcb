"""The stored standing of each tracked scale: what the pure core says of the scores, kept for lists that sort by it.

``restate`` recomputes it in the transaction of every write that could change it. Nothing in a standing moves with the
calendar. ``registry.measurements.verification`` proves that what is stored is what the answers say.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import bindparam, delete, select

from registry.access import scope
from registry.access.reading import Read, rows_of
from registry.access.reviewed_sql import insert_rows, update_rows
from registry.db.among import among
from registry.db.base import columns_of
from registry.extensions import db
from registry.measurements.courses import Courses
from registry.measurements.models import StandingRow
from registry.measurements.tracked import TrackedScale
from registry.measures.course import Course

_HUNDREDTH = Decimal("0.01")
_WHOSE = StandingRow.patient_id  # first, as of everything that is read together
STANDINGS = select(_WHOSE, *(each for each in columns_of(StandingRow) if each.key != _WHOSE.key)).where(
    among(_WHOSE, "patient_ids")
)
_NO_LONGER_TRACKED = delete(StandingRow).where(
    StandingRow.patient_id == bindparam("of_patient"),
    StandingRow.episode_id == bindparam("of_episode"),
    StandingRow.scale == bindparam("of_scale"),
)


def restate(followed: Mapping[uuid.UUID, Courses], read: Read = rows_of) -> None:
    """Store the standing of every tracked scale of every episode of these patients, as ``follow_patients`` gives them.

    A scale no longer tracked loses its standing. Category scales have none. One statement whatever the number of
    people, one for all that are new, one for all that changed, and one for each that is gone.
    """
    rows = read(STANDINGS, {"patient_ids": list(followed)})
    stored = {(row.episode_id, row.scale): row._asdict() for row in rows}
    new, changed = [], []
    for patient_id, courses in followed.items():
        for episode_id, of_episode in courses.items():
            for key, (tracked, course) in of_episode.items():
                row = stored.pop((episode_id, key), None)
                whose = {"patient_id": patient_id, "episode_id": episode_id, "scale": key}
                values = whose | standing_values(tracked, course)
                if row is None:
                    new.append(values)
                elif row != values:
                    changed.append(values)
    for row in stored.values():
        gone = {"of_patient": row["patient_id"], "of_episode": row["episode_id"], "of_scale": row["scale"]}
        db.session.execute(_NO_LONGER_TRACKED, gone, execution_options={"synchronize_session": False})
    update_rows(scope.current(), StandingRow, changed)
    insert_rows(scope.current(), StandingRow, new)


def standing_values(tracked: TrackedScale, course: Course) -> dict[str, Any]:
    """The columns of a ``StandingRow``: the course without its scores, the percentage to two places."""
    baseline, latest, previous = course.baseline, course.latest, course.previous
    return {
        "course_starts_on": tracked.starts_on,
        "baseline_on": None if baseline is None else baseline.on,
        "baseline_value": None if baseline is None else baseline.value,
        "baseline_late_by": course.baseline_late_by,
        "baseline_elevated": course.baseline_elevated,
        "latest_on": None if latest is None else latest.on,
        "latest_value": None if latest is None else latest.value,
        "latest_band": None if latest is None else latest.band,
        "latest_prorated": latest is not None and latest.prorated,
        "previous_on": None if previous is None else previous.on,
        "previous_value": None if previous is None else previous.value,
        "change": course.change,
        "percent": None if course.percent is None else course.percent.quantize(_HUNDREDTH, ROUND_HALF_UP),
        "best_confirmed": course.best_confirmed,
        "standing": course.standing.value,
        "is_relapse": course.is_relapse,
        "responded": course.responded,
        "in_remission": course.in_remission,
    }
