"""``flask alerts``, ``flask jobs`` and ``flask serve``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from registry import clock
from registry.access import scope
from registry.alerts.sweep import NotYet, list_unanswered
from registry.alerts.verification import verify_everybody
from registry.clinics.models import Clinic
from registry.db.pacing import begin_pace
from registry.db.transaction import end_read
from registry.extensions import db
from registry.jobs.asked import UnderWay, ask_for_sweep, sweep_asked

alerts = AppGroup("alerts", help="What needs attention.")
jobs = AppGroup("jobs", help="What runs by itself.")


@alerts.command("sweep")
@click.option("--clinic", "name", help="The clinic's name; every open clinic unless given.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Its local date; today unless given.")
def sweep(name: str | None, day: datetime | None) -> None:
    """Look again at everybody for whom a date has come. The consumer does this every night by itself.

    A clinic that is being swept is passed over.
    """
    failed, unanswered, pace = 0, 0, begin_pace()
    for clinic in _clinics(name):
        shown = clinic.name
        try:
            occasion = ask_for_sweep(clinic=clinic, by=None, today=day.date() if day else None)
        except NotYet as problem:
            raise click.ClickException(str(problem)) from None
        except UnderWay as problem:
            click.echo(str(problem), err=True)
            continue
        done = sweep_asked(occasion, pace=pace)
        if done is None:
            click.echo(f"{shown}: another process sweeps it", err=True)
            continue
        click.echo(
            f"{shown}: {done.checked} checked, {done.opened} alerts opened, {done.changed} changed, "
            f"{done.closed} closed, {done.failed} could not be read"
        )
        failed, unanswered = failed + done.failed, done.unanswered
    if unanswered:
        click.echo(f"{unanswered} positive safety answers without an alert: run flask alerts check", err=True)
    if failed or unanswered:
        raise SystemExit(1)


@alerts.command("check")
def check() -> None:
    """List positive safety answers without an alert; end with status 1 when there are any."""
    with scope.all_patients(reason="flask alerts check"):
        unanswered = list_unanswered()
    for measurement_id, item in unanswered:
        click.echo(f"measurement {measurement_id}, item {item}", err=True)
    if unanswered:
        raise SystemExit(1)
    click.echo("Every positive safety answer has its alert.")


@alerts.command("verify")
def verify() -> None:
    """Print what looking at everybody now would change, and undo it; end with status 1 when there is anything."""
    found = 0
    with scope.all_patients(reason="flask alerts verify"):
        for difference in verify_everybody():
            found += 1
            click.echo(f"patient {difference.patient_id}: {difference.words}", err=True)
    if found:
        raise SystemExit(1)
    click.echo("Every alert is what the facts call for.")


@jobs.command("run")
def run() -> None:
    """Run the jobs in the foreground until SIGTERM."""
    from registry.jobs.consumer import run_consumer

    run_consumer(current_app._get_current_object())  # type: ignore[attr-defined]  # werkzeug's own way to the app


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65_535))
def serve(host: str, port: int) -> None:
    """Serve the registry and run its jobs; both stop together."""
    from registry.jobs import serve as serving

    click.echo(f"Serving on http://{host}:{port}. Stop with Ctrl+C.")
    raise SystemExit(serving.serve(host=host, port=port))


def _clinics(name: str | None) -> Sequence[Clinic]:
    query = select(Clinic).order_by(Clinic.name)
    today = clock.now().date()
    query = (
        query.where(Clinic.name == name) if name else query.where(Clinic.ended_on.is_(None) | (Clinic.ended_on > today))
    )
    found = db.session.scalars(query).all()
    if name and not found:
        raise click.ClickException(f"No clinic is called {name}")
    end_read()
    return found
