"""Filling an empty database with the invented organisation, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from registry import clock
from registry.access import scope
from registry.alerts.signals import attention_changed
from registry.alerts.sweep import sweep_clinic
from registry.audit.models import AuditEvent
from registry.audit.recorder import record_alone
from registry.caseload.rows import refresh
from registry.clinics.models import Clinic, Organisation
from registry.clinics.queries import list_clinics, list_organisations
from registry.db.transaction import end_read, write
from registry.demo.clinic import open_clinics
from registry.demo.crowd import filling as crowd
from registry.demo.figures import figures
from registry.demo.hurry import in_a_hurry
from registry.demo.lately import happen_lately
from registry.demo.people import people
from registry.demo.treatments import write_down_treatment
from registry.demo.year import Progress, Year
from registry.extensions import db
from registry.measurements.instruments import sync_instruments
from registry.patients.models import Patient

_FILLED = "demo.filled"
_MOST_LIVES, _MOST_PLACES = 2_000, 2
_OPEN_FOR = timedelta(days=410)
"""How long ago the clinics opened: before the first person of the year was referred."""


class RealPeopleHere(RuntimeError):
    """The database belongs to an organisation that is not invented."""


class HalfFilled(RuntimeError):
    """An earlier run was stopped before the year was over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to invent: how many people in how many clinics, from which seed."""

    seed: int
    patients: int
    clinics: int

    @property
    def is_a_crowd(self) -> bool:
        """More than anybody wants to wait for day by day, or than has clinics of its own here."""
        return self.patients > _MOST_LIVES or self.clinics > _MOST_PLACES


def is_filled() -> bool:
    """Whether the demo stands already. Raises ``RealPeopleHere`` and ``HalfFilled`` where it must not or cannot."""
    organisations: list[Organisation] = list(list_organisations())
    finished = db.session.scalar(select(AuditEvent.number).where(AuditEvent.action == _FILLED).limit(1))
    end_read()
    if any(not organisation.is_invented for organisation in organisations):
        raise RealPeopleHere("This database belongs to a real organisation: the demo is never put beside it")
    if organisations and finished is None:
        raise HalfFilled("An earlier run was stopped half way")
    return finished is not None


def fill(wish: Wish, *, progress: Progress) -> None:
    """Invent the organisation and live through its year up to this instant."""
    now = clock.now()
    opened_at = (now - _OPEN_FOR).replace(hour=15, minute=0)
    with scope.all_patients(reason="inventing a demo"), clock.at(opened_at):
        sync_instruments()
        today = latest_today(now)
        places = open_clinics(opened_on=opened_at.date(), today=today, count=wish.clinics)
        invented = people(wish.seed, wish.patients, today=today, figures=figures())
        # The caseload shows the present only: its rows are written once, when the year has been lived through.
        with attention_changed.muted(), in_a_hurry():
            Year(places, seed=wish.seed, until=now, progress=progress).live(invented, opened_on=opened_at.date())
    with scope.all_patients(reason="inventing a demo"):
        with attention_changed.muted(), in_a_hurry():
            write_down_treatment(wish.seed)
            happen_lately(places)
        _write_caseload()
        for clinic in list_clinics():
            sweep_clinic(db.session.get_one(Clinic, clinic.id))
        record_alone(_FILLED, by=None, kind="system", reason=f"seed {wish.seed}, {wish.patients} people")


def fill_in_bulk(wish: Wish, *, progress: crowd.Progress) -> None:
    """Invent a crowd (``registry.demo.crowd``)."""
    crowd.invent(seed=wish.seed, patients=wish.patients, clinics=wish.clinics, progress=progress)
    record_alone(_FILLED, by=None, kind="system", reason=f"seed {wish.seed}, {wish.patients} people")


def _write_caseload() -> None:
    everybody = db.session.scalars(select(Patient.id)).all()
    end_read()
    with write():
        refresh(everybody)


def latest_today(now: datetime) -> date:
    """The last local date that has begun everywhere the demo has a clinic."""
    return now.astimezone(ZoneInfo("America/Chicago")).date()
