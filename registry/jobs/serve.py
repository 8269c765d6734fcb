"""Web server and job consumer together: both start, both stop."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType

from config import ROOT

WORKERS = 2
"""Sync workers: best on two cores, since every request is short and bound by the processor."""

SECONDS_TO_STOP = 30


class _Asked(Exception):
    """A signal asked to stop."""


def serve(*, host: str, port: int) -> int:
    """Serve on ``host:port`` and run the jobs until a signal, or until one of the two ends; the exit status."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    processes = [_start(command) for command in (web_command(host, port), consumer_command())]
    status = 0
    try:
        while all(process.poll() is None for process in processes):
            time.sleep(0.2)
        status = next(process.returncode for process in processes if process.poll() is not None) or 1
    except _Asked:
        pass
    finally:
        _end(processes)
    return status


def web_command(host: str, port: int) -> list[str]:
    """gunicorn without its control socket (version 27 opens one in the home folder) and without an access log."""
    return [
        *(sys.executable, "-m", "gunicorn", "wsgi:app"),
        *("--bind", f"{host}:{port}", "--workers", str(WORKERS), "--worker-class", "sync"),
        *("--no-control-socket", "--log-level", "warning"),
    ]


def consumer_command() -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "run"]


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, cwd=ROOT)  # noqa: S603  # our own two commands, no word of them from outside


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _Asked


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + SECONDS_TO_STOP
    for process in processes:
        try:
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
