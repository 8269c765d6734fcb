"""Where a run begins: with few people where writers share one lock, with the most elsewhere."""

from __future__ import annotations

from flask import Flask

from registry.access import scope
from registry.db.pacing import FIRST_CHUNK, LARGEST_CHUNK, begin_pace
from registry.extensions import db


def test_a_run_feels_its_way_only_where_writers_share_a_lock(app: Flask) -> None:
    with app.app_context(), scope.all_patients(reason="test"):
        people = begin_pace().people

        assert people == (FIRST_CHUNK if db.engine.dialect.name == "sqlite" else LARGEST_CHUNK)
