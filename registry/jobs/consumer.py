"""The process that runs the jobs, one at a time, until it is asked to stop."""

from __future__ import annotations

from flask import Flask

from registry.jobs.queue import open_queue
from registry.jobs.tasks import JOBS, register_jobs, run_job

SECONDS_TO_STOP = 20
"""A job that is still running then is cut off; what it had not stored is still due."""


def run_consumer(app: Flask) -> None:
    """Run jobs until SIGTERM or SIGINT. Everything due is looked at once at the start, not at the next full minute."""
    queue = open_queue(app.config["SETTINGS"])
    register_jobs(queue, app)
    for name, (_minutes, act) in JOBS.items():
        run_job(app, name, act)
    queue.create_consumer(
        workers=1, worker_type="thread", graceful_signal="TERM", shutdown_timeout=SECONDS_TO_STOP
    ).run()
