"""Every write that may change what needs attention reconciles, in its own transaction.

A new action of these rooms has no row here and fails the first test until it has one.
"""

from __future__ import annotations

import ast
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from config import ROOT
from registry.alerts.signals import attention_changed
from registry.db.transaction import is_writing, write
from registry.extensions import db
from tests.integration.alerts.scene import a_scene, measured, on_stage
from tests.integration.alerts.writes import TOLD_BY_ANOTHER, WRITES

ROOMS = (
    "registry/measurements/actions.py",
    "registry/contacts/actions.py",
    "registry/treatment/actions.py",
    "registry/plans/actions.py",
    "registry/life/actions.py",
    "registry/physical/actions.py",
    "registry/review/actions.py",
    "registry/episodes/actions",
    "registry/patients/actions/legal.py",
    "registry/patients/actions/related.py",
)


def _opens_a_transaction(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(item.context_expr, ast.Call)
        and isinstance(item.context_expr.func, ast.Name)
        and item.context_expr.func.id == "write"
        for node in ast.walk(function)
        if isinstance(node, ast.With)
        for item in node.items
    )


def _public_writes() -> Iterator[str]:
    for place_ in ROOMS:
        path = ROOT / place_
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            room = Path(place_).parts[1]
            for node in ast.parse(file.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and _opens_a_transaction(node):
                    yield f"{room}.{node.name}"


def test_every_write_of_these_rooms_is_walked() -> None:
    assert set(_public_writes()) - set(TOLD_BY_ANOTHER) == set(WRITES)


@contextmanager
def _heard() -> Iterator[list[tuple[uuid.UUID, bool]]]:
    """Whose attention was looked at, and whether within a write."""
    heard: list[tuple[uuid.UUID, bool]] = []

    def hear(_sender: object, patient_ids: Sequence[uuid.UUID], **_seen: object) -> None:
        heard.extend((patient_id, is_writing()) for patient_id in patient_ids)

    with attention_changed.connected_to(hear):
        yield heard


@pytest.mark.parametrize("name", WRITES)
def test_the_write_reconciles_in_its_own_transaction(app: Flask, name: str) -> None:
    given, act = WRITES[name]
    with on_stage(app):
        scene = a_scene()
        ready = given(scene)
        with _heard() as heard:
            act(scene, ready)

        assert (scene.patient.id, True) in heard


def test_what_a_failed_write_would_have_raised_is_not_stored(app: Flask) -> None:
    from tests.integration.alerts.scene import alerts_of

    with on_stage(app):
        scene = a_scene()
        before = len(alerts_of(scene.patient))
        with pytest.raises(RuntimeError, match="the form"), write():
            measured(scene, 9, item9=1)
            raise RuntimeError("the form's receipt could not be stored")
        db.session.rollback()

        assert len(alerts_of(scene.patient)) == before
