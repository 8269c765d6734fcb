"""What the months are worked out from: every course of care of the time, in six statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Row, and_, cast, or_, select

from registry.caseload.currency import Today
from registry.caseload.rules import NOT_SEEN_DAYS
from registry.contacts.models import Contact
from registry.episodes.models import Episode, PhaseSpell
from registry.episodes.scales import ScalesInForce, scales_in_force
from registry.extensions import db
from registry.measurements.models import MeasurementScore
from registry.measurements.outcomes import mania_scales

Rows: TypeAlias = Sequence[Row[*tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class History:
    """Rows as the database gave them. Every row names its ``episode``, as text: there are ten thousands of them, and
    to make an identifier of each takes longer than to read them."""

    episodes: Rows
    """``episode clinic enrolled_on ended_on paused_until scale``; ``scale`` is the metric primary or nothing."""
    phases: Rows
    """``episode on phase``, in the order in which they were set."""
    contacts: Rows
    """``episode on``: two-way treatment contacts at the clinic of the episode, between its dates."""
    scores: Rows
    """``episode on value is_prorated`` on the metric primary since enrolment."""
    manias: Rows
    """``episode scale on value is_prorated`` on every mania scale, in the order in which they are followed."""
    read: ScalesInForce
    """How each clinic reads its scales now: a number signed for counts in every month."""


_EPISODE = cast(Episode.id, sa.Text()).label("episode")


def read_history(today: Today, *, since: date) -> History:
    """Of everybody enrolled at these clinics whose care had not ended by ``since``. Six statements."""
    of_the_time = and_(
        Episode.clinic_id.in_(list(today)),
        Episode.enrolled_on.is_not(None),
        or_(Episode.ended_on.is_(None), Episode.ended_on > since),
    )
    return History(
        read=scales_in_force(),
        episodes=db.session.execute(
            select(
                _EPISODE,
                Episode.clinic_id.label("clinic"),
                Episode.enrolled_on,
                Episode.ended_on,
                Episode.paused_until,
                Episode.metric_primary.label("scale"),
            ).where(of_the_time)
        ).all(),
        phases=db.session.execute(
            select(
                cast(PhaseSpell.episode_id, sa.Text()).label("episode"),
                PhaseSpell.starts_on.label("on"),
                PhaseSpell.phase,
            )
            .join(Episode, Episode.id == PhaseSpell.episode_id)
            .where(of_the_time)
            .order_by(PhaseSpell.starts_on, PhaseSpell.id)
        ).all(),
        contacts=db.session.execute(_contacts(of_the_time, since - timedelta(days=NOT_SEEN_DAYS))).all(),
        scores=db.session.execute(
            select(
                _EPISODE,
                MeasurementScore.taken_on.label("on"),
                MeasurementScore.value,
                MeasurementScore.is_prorated,
            )
            .join(
                MeasurementScore,
                and_(
                    MeasurementScore.patient_id == Episode.patient_id,
                    MeasurementScore.scale == Episode.metric_primary,
                    MeasurementScore.taken_on >= Episode.enrolled_on,
                ),
            )
            .where(of_the_time, MeasurementScore.counts, MeasurementScore.value.is_not(None))
        ).all(),
        manias=db.session.execute(_manias(of_the_time)).all(),
    )


def _manias(of_the_time: ColumnElement[bool]) -> Any:
    """The scores ``registry.measurements.outcomes.mania_courses`` follows: of the whole episode."""
    return (
        select(
            _EPISODE,
            MeasurementScore.scale,
            MeasurementScore.taken_on.label("on"),
            MeasurementScore.value,
            MeasurementScore.is_prorated,
        )
        .join(MeasurementScore, MeasurementScore.patient_id == Episode.patient_id)
        .where(
            of_the_time,
            MeasurementScore.scale.in_(sorted(mania_scales())),
            MeasurementScore.counts,
            MeasurementScore.value.is_not(None),
            MeasurementScore.taken_on >= Episode.referred_on,
            or_(Episode.ended_on.is_(None), MeasurementScore.taken_on <= Episode.ended_on),
        )
        .order_by(Episode.id, MeasurementScore.taken_on)
    )


def _contacts(of_the_time: ColumnElement[bool], since: date) -> Any:
    """``registry.contacts.rules.is_two_way`` in SQL; a test holds the month of today to the number of the tile."""
    return (
        select(_EPISODE, Contact.took_place_on.label("on"))
        .join(Contact, and_(Contact.patient_id == Episode.patient_id, Contact.clinic_id == Episode.clinic_id))
        .where(
            of_the_time,
            Contact.status == "final",
            Contact.kind == "treatment",
            Contact.reached,
            Contact.took_place_on >= Episode.referred_on,
            Contact.took_place_on > since,
        )
        .distinct()
    )
