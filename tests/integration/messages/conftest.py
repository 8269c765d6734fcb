"""The instruments are known, the clock stands still, and a real mail server runs on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from tests.integration.alerts.kept_scenes import ready
from tests.integration.alerts.scene import NOW
from tests.integration.messages.mail_server import Post, a_post
from tests.worlds import Worlds


@pytest.fixture(scope="session")
def running_post() -> Iterator[Post]:
    with a_post() as post:
        yield post


@pytest.fixture
def server(running_post: Post) -> Post:
    """The mail server, willing and empty."""
    running_post.refuses, running_post.at_the_end = "", "takes"
    running_post.arrived.clear()
    return running_post


@pytest.fixture
def post(app: Flask, worlds: Worlds, server: Post, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """The mail server of the program."""
    with time_machine.travel(NOW, tick=False):
        monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], mail=server.server))
        with ready(worlds):
            yield server
