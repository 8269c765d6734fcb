"""One command serves the pages and runs the jobs; both stop together."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config import ROOT, Settings
from registry import create_app
from registry.db import migrate
from registry.extensions import db
from registry.jobs import serve
from registry.measurements.instruments import sync_instruments

SECONDS_TO_START = 60


def a_free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def served(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | {"REGISTRY_ENV": "demo", "REGISTRY_DATA": str(folder)}
    settings = Settings.from_environment(environment)
    migrate.upgrade(settings)
    with create_app(settings).app_context():
        sync_instruments()
        db.engine.dispose()
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(timeout=60)


def failed_checks(port: int) -> list[str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as response:  # our own address
            return list(json.load(response)["failed"])
    except urllib.error.HTTPError as refused:
        return list(json.load(refused)["failed"])


def wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    found: object = "no answer"
    while time.monotonic() < deadline:
        try:
            found = failed_checks(port)
        except OSError:
            time.sleep(0.2)
            continue
        if not found:
            return
        time.sleep(0.2)
    pytest.fail(f"not ready: {found}")


def children_of(process: subprocess.Popen[bytes]) -> list[int]:
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(child) for child in listed.split()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="asks Linux who started whom")
def test_pages_and_jobs_start_together_and_stop_together(tmp_path: Path) -> None:
    port = a_free_port()
    with served(tmp_path, port) as process:
        wait_until_ready(port)
        children = children_of(process)
        assert len(children) == 2
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=60) == 0
        assert not any(Path(f"/proc/{child}").exists() for child in children)


@pytest.fixture
def own_signals() -> Iterator[None]:
    """Who serves takes the signals of the process, which is here that of the tests."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(("ends", "status"), [("exit 3", 3), ("exit 0", 1), ("kill -9 $$", -9)])
@pytest.mark.parametrize("dies", ["web_command", "consumer_command"])
def test_when_one_of_the_two_dies_the_other_stops_too_and_whoever_supervises_it_starts_both_again(
    monkeypatch: pytest.MonkeyPatch, own_signals: None, dies: str, ends: str, status: int
) -> None:
    """Others stand in for both: how the two themselves start and stop is shown above."""
    commands = {"web_command": ["sleep", "600"], "consumer_command": ["sleep", "600"]}
    commands[dies] = ["sh", "-c", ends]
    started: list[subprocess.Popen[bytes]] = []

    def start(command: list[str]) -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen(command))
        return started[-1]

    monkeypatch.setattr(serve, "web_command", lambda _host, _port: commands["web_command"])
    monkeypatch.setattr(serve, "consumer_command", lambda: commands["consumer_command"])
    monkeypatch.setattr(serve, "_start", start)

    assert serve.serve(host="127.0.0.1", port=0) == status
    assert [process.returncode for process in started if process.args != commands[dies]] == [-signal.SIGTERM]
