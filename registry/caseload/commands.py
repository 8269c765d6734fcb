"""``flask caseload``: writing the rows of the list anew, and proving that they are right."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

import click
from flask.cli import AppGroup
from sqlalchemy import select

from registry.access import scope
from registry.caseload import panels
from registry.caseload.rows import differences, refresh
from registry.clinics.queries import list_clinics
from registry.db.transaction import end_read, write
from registry.extensions import db
from registry.patients.models import Patient

caseload = AppGroup("caseload", help="The rows of the caseload.")

CHUNK = 100
"""Patients written in one transaction: the lock is never held for long."""


@caseload.command("rebuild")
def rebuild() -> None:
    """Write every row of the caseload anew from what is stored."""
    with scope.all_patients(reason="flask caseload rebuild"):
        people = _everybody()
        with click.progressbar(list(_in_chunks(people)), label="Rows of the caseload") as chunks:
            for chunk in chunks:
                with write():
                    refresh(chunk)
    click.echo(f"{len(people):,} people")


@caseload.command("count")
def count() -> None:
    """Count the panels that changed, for whoever sees many clinics. The consumer does this every minute by itself."""
    click.echo(f"{panels.keep_counts():,} panels counted")


@caseload.command("verify")
def verify() -> None:
    """Recompute every row and every kept count and print each difference; end with status 1 when there is one.

    Somebody whose stay nobody knows of from today on differs until the next sweep.
    """
    with scope.all_patients(reason="flask caseload verify"):
        people = _everybody()
        found = 0
        for patient_id in people:
            for difference in differences(patient_id):
                found += 1
                click.echo(f"episode {difference.episode_id}: {difference.column} is not what is stored", err=True)
            end_read()
    for clinic in list_clinics():
        for wrong in panels.differences(clinic):
            found += 1
            click.echo(f"clinic {wrong.panel.clinic_id}: kept {wrong.question} are not what is stored", err=True)
        end_read()
    if found:
        raise SystemExit(1)
    click.echo(f"{len(people):,} people, no difference")


def _everybody() -> Sequence[uuid.UUID]:
    people = db.session.scalars(select(Patient.id).order_by(Patient.id)).all()
    end_read()
    return people


def _in_chunks(people: Sequence[uuid.UUID]) -> Iterator[Sequence[uuid.UUID]]:
    for start in range(0, len(people), CHUNK):
        yield people[start : start + CHUNK]
