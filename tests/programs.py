"""The program as the tests start it: as everywhere, only that it waits for no disk and compiles a template once."""

from __future__ import annotations

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from config import Settings
from registry import create_app
from tests.databases import wait_for_no_disk


def started(settings: Settings) -> Flask:
    """A program on the database of these settings."""
    app = create_app(settings)
    app.jinja_env.bytecode_cache = _COMPILED
    wait_for_no_disk(app)
    return app


class _Compiled(BytecodeCache):
    """What templates were compiled to, for every program of this process."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        code = self._code.get(bucket.key)
        if code is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()
