"""Programs behind gunicorn, 2 sync workers, each on a free port of this machine."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from config import ROOT, Settings

WORKERS = 2


@contextmanager
def serving(app: str, environment: Mapping[str, str], *, ready: str) -> Iterator[int]:
    """``app`` as gunicorn names it, until it answers at the path ``ready``; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [
        sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS),
        "--worker-class", "sync", "--no-control-socket", "--log-level", "warning", app,
    ]  # fmt: skip
    server = subprocess.Popen(command, cwd=ROOT, env={"PATH": "/usr/bin:/bin", **environment})
    try:
        _wait_for(port, ready)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def environment_of(settings: Settings) -> dict[str, str]:
    """What the program and its commands read their settings from."""
    return {
        "REGISTRY_ENV": "test",
        "REGISTRY_SECRET_KEY": settings.secret_key,
        "REGISTRY_DATABASE_URL": settings.app_database_url,
        "REGISTRY_DATA": str(settings.data_folder),
        "REGISTRY_INSECURE_COOKIES": "yes",
        "REGISTRY_LOG_LEVEL": "WARNING",
    }


def _wait_for(port: int, path: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")
