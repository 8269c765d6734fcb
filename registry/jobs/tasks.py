"""What runs by itself: the night's sweep of each clinic, the clock of urgent alerts, the counts
of panels, e-mails, the Monday's count of open work, the heartbeat."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from huey import Huey, crontab

from registry import clock
from registry.alerts.escalation import escalate_due
from registry.alerts.sweep import answer_left_over_signals
from registry.caseload.panels import keep_counts
from registry.extensions import db
from registry.jobs.asked import list_left_over, sweep_asked
from registry.jobs.heartbeat import beat
from registry.jobs.nightly import SWEEP, sweep_due
from registry.jobs.queue import open_queue
from registry.jobs.weekly import queue_digests_due
from registry.messages.actions import send_due
from registry.web.request_log import log, what_failed


def watch_the_clock() -> None:
    """Answer what came in past the program, then pass on what nobody answered in time: that waits for nothing."""
    try:
        answer_left_over_signals()
    except Exception:  # of whatever kind: the clock goes on in a transaction of its own, and the failure is told after
        db.session.rollback()
        raise
    finally:
        escalate_due()


def sweep_clinics() -> None:
    """The night's sweeps, then those somebody asked for that a consumer left unfinished when it was killed."""
    sweep_due()
    for occasion in list_left_over(clock.now()):
        sweep_asked(occasion)


JOBS: dict[str, tuple[str, Callable[[], object]]] = {
    "heartbeat": ("*", beat),
    "alerts.clock": ("*/5", watch_the_clock),
    SWEEP: ("*/15", sweep_clinics),
    "caseload.panels": ("*", keep_counts),
    "messages.digest": ("*/15", queue_digests_due),
    "messages.send": ("*", send_due),
}
"""Name → minutes of the hour at which it runs, and what runs."""


def register_jobs(queue: Huey, app: Flask) -> None:
    """Put every job on the queue's clock, and say what it may be sent."""
    for name, (minutes, act) in JOBS.items():
        queue.periodic_task(crontab(minute=minutes), name=name)(_job(app, name, act))
    _sweep_sent(queue, app)


def send_sweep(app: Flask, occasion: str) -> bool:
    """Have the next free consumer sweep as somebody asked; whether the queue took it. Outside any transaction: it is
    to find the row."""
    try:
        queue = open_queue(app.config["SETTINGS"])
        try:
            _sweep_sent(queue, app)(occasion)
        finally:
            queue.storage.close()
    except Exception as error:  # of whatever kind: the wish is stored, and the next quarter of an hour finds it
        log.error("queue.not-reached", job=SWEEP, error=type(error).__name__)
        return False
    return True


def _sweep_sent(queue: Huey, app: Flask) -> Callable[[str], object]:
    def sweep(occasion: str) -> None:
        run_job(app, SWEEP, lambda: sweep_asked(occasion))

    task: Callable[[str], object] = queue.task(name="alerts.sweep-asked")(sweep)
    return task


def run_job(app: Flask, name: str, act: Callable[[], object]) -> bool:
    """Run one job in a context of its own; whether it went well.

    What went wrong is logged by its kind alone: a message may hold somebody's data. The job runs again at its next
    time, and what it had not stored is still due.
    """
    with app.app_context():
        try:
            act()
        except Exception as error:
            db.session.rollback()
            log.error("job.failed", job=name, **what_failed(error))
            return False
        return True


def _job(app: Flask, name: str, act: Callable[[], object]) -> Callable[[], None]:
    def job() -> None:
        run_job(app, name, act)

    return job
