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
Ground = TypeVar("Ground")
Build = Callable[[Flask], World]


class Worlds:
    """The worlds of one database."""

    def __init__(self, app: Flask, database: MigratedDatabase) -> None:
        self._app = app
        self._database = database
        self._kept: dict[tuple[object, datetime], tuple[int, object]] = {}

    def begin_with(self, build: Build[World]) -> World:
        """What ``build`` makes on an empty database, and returns: ids, not rows, which end with their session.

        A world is of its moment: under a clock that runs it would be built again for every test.
        """

        def begin() -> World:
            self._database.empty()
            return build(self._app)

        return self._begin(build, begin)

    def begin_upon(self, ground: Build[Ground], build: Callable[[Flask, Ground], World]) -> World:
        """What ``build`` makes of the world that ``ground`` made."""
        return self._begin(build, lambda: build(self._app, self.begin_with(ground)))

    def is_untouched(self, build: Build[World]) -> bool:
        """Whether a test that began with this world has stored nothing yet."""
        kept = self._kept.get((build, clock.now()))
        return kept is not None and self._database.is_as_put_back(kept[0])

    def _begin(self, name: object, begin: Callable[[], World]) -> World:
        key = name, clock.now()
        if key not in self._kept:
            world = begin()
            self._kept[key] = self._database.remember(), world
        number, kept = self._kept[key]
        self._database.put_back(number)
        return cast(World, deepcopy(kept, {id(self._app): self._app}))
