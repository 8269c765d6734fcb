"""What many tests begin with: built by the program once for each database, then put back row by row.

To a test it is as if it had been built a moment ago, and the next identifier comes after those of the world; only that
building takes a quarter of a second, and putting back a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from typing import TypeVar, cast

from flask import Flask

from registry import clock
from registry.db import identifiers
from tests.databases import MigratedDatabase

World = TypeVar("World")
Ground = TypeVar("Ground")
Build = Callable[[Flask], World]


class Worlds:
    """The worlds of one database."""

    def __init__(self, app: Flask, database: MigratedDatabase) -> None:
        self._app = app
        self._database = database
        self._kept: dict[tuple[object, datetime], tuple[int, object, int]] = {}

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
        identifiers._sequence.begin()  # a test before may have gone ahead of the moment the world is of
        if key not in self._kept:
            world = begin()
            self._kept[key] = self._database.remember(), world, identifiers._sequence._last
        number, kept, identifiers._sequence._last = self._kept[key]
        self._database.put_back(number)
        return cast(World, deepcopy(kept, {id(self._app): self._app}))
