"""What many tests begin with: built by the program once for each database, then put back row by row.

To a test it is as if it had been built a moment ago; only that building takes a quarter of a second, and putting
back a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from typing import TypeVar, cast

from flask import Flask

from registry import clock
from tests.databases import MigratedDatabase

World = TypeVar("World")
Build = Callable[[Flask], World]


class Worlds:
    """The worlds of one database."""

    def __init__(self, app: Flask, database: MigratedDatabase) -> None:
        self._app = app
        self._database = database
        self._kept: dict[tuple[Build[object], datetime], tuple[int, object]] = {}

    def begin_with(self, build: Build[World]) -> World:
        """What ``build`` makes on an empty database, and returns: ids, not rows, which end with their session.

        A world is of its moment: under a clock that runs it would be built again for every test.
        """
        moment = clock.now()
        if (build, moment) not in self._kept:
            self._database.empty()
            world = build(self._app)
            self._kept[build, moment] = self._database.remember(), world
        number, kept = self._kept[build, moment]
        self._database.put_back(number)
        return cast(World, deepcopy(kept, {id(self._app): self._app}))
