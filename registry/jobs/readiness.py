"""What must be true before people are let in."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Flask

from registry import clock
from registry.access import scope
from registry.alerts.clinic_numbers import list_fallen
from registry.alerts.sweep import count_left_behind, list_unanswered
from registry.db.migrate import FOLDER
from registry.extensions import db
from registry.jobs.heartbeat import OLD_AFTER, silence
from registry.measurements.instruments import DefinitionError, catalogue, is_ready
from registry.messages.queries import count_failures, count_late, last_sent_at
from registry.messages.rules import FAULTS, OF_ONE_PERSON
from registry.web.health import READINESS, SWITCHED_OFF

MAIL_FAULT_COUNTS = timedelta(days=1)
"""How long an e-mail that was given up keeps the installation from being ready, unless one is sent since."""


def init_app(app: Flask) -> None:
    """Add the checks; the consumer is not expected where the program is being tested."""
    checks = app.extensions[READINESS]
    checks["database"] = database
    checks["safety signals"] = safety_signals
    checks["instruments"] = instruments
    checks["rule numbers"] = rule_numbers
    checks["sweep"] = sweep
    if app.config["SETTINGS"].mail is None:
        app.extensions[SWITCHED_OFF].append("mail")
    else:
        checks["mail"] = mail
    if not app.testing:
        checks["jobs"] = jobs


def database() -> str:
    """It answers, and its tables are those of this program."""
    try:
        known = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    except sa.exc.DBAPIError:
        db.session.rollback()
        return "does not answer, or has no tables"
    newest = ScriptDirectory(str(FOLDER)).get_current_head()
    return "" if known == newest else f"is at revision {known}, the program at {newest}: run flask db upgrade"


def safety_signals() -> str:
    """Every positive safety answer has its alert."""
    try:
        with scope.all_patients(reason="readiness"):
            unanswered = list_unanswered()
    except sa.exc.DBAPIError:
        db.session.rollback()
        return "cannot be read"
    return f"{len(unanswered)} without an alert: run flask alerts check" if unanswered else ""


def instruments() -> str:
    """Every instrument file can be read, and the database knows each version and its safety items."""
    try:
        return is_ready() if len(catalogue()) else "there is no instrument file"
    except DefinitionError as problem:
        return str(problem)
    except sa.exc.DBAPIError:
        db.session.rollback()
        return "cannot be read"


def rule_numbers() -> str:
    """Every number a clinic decided on can stand: where a release changed what may be set, the shipped one counts."""
    try:
        fallen = list_fallen()
    except sa.exc.DBAPIError:
        db.session.rollback()
        return "cannot be read"
    named = ", ".join(sorted({parameter for _, parameter in fallen}))
    return f"decided by a clinic and not standing any more, the shipped number counts: {named}" if fallen else ""


def sweep() -> str:
    """Nobody's alerts are older than what a day may have changed."""
    try:
        with scope.all_patients(reason="readiness"):
            waiting = count_left_behind()
    except sa.exc.DBAPIError:
        db.session.rollback()
        return "cannot be read"
    return f"{waiting} in care not looked at for more than a day after they were due: see the log" if waiting else ""


def mail() -> str:
    """E-mails go out: none waits for long, and since the last one given up another was sent.

    An address the server refuses, or an account nobody can use, is one person's matter: it stands on the pages.
    """
    now = clock.now()
    try:
        late = count_late(at=now, grace=OLD_AFTER)
        sent_at = last_sent_at()
        since = now - MAIL_FAULT_COUNTS if sent_at is None else max(sent_at, now - MAIL_FAULT_COUNTS)
        faults = {fault for _kind, fault in count_failures(since=since)} - OF_ONE_PERSON
    except sa.exc.DBAPIError:
        db.session.rollback()
        return "cannot be read"
    if late:
        return f"{late} messages wait to be sent: the consumer is behind, or the mail server fails"
    return f"could not be sent: {'; '.join(FAULTS[fault] for fault in sorted(faults))}" if faults else ""


def jobs() -> str:
    """The consumer beat lately."""
    try:
        silent = silence()
    except sa.exc.DBAPIError:
        db.session.rollback()
        return "cannot be read"
    if silent is None:
        return "the consumer has never run: flask jobs run"
    return "" if silent < OLD_AFTER else f"the consumer has been silent for {int(silent.total_seconds() // 60)} minutes"
