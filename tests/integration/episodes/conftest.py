"""Who hears of a change to an episode."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from registry.episodes.signals import episode_changed


@pytest.fixture(autouse=True)
def told() -> Iterator[list[uuid.UUID]]:
    """The patients word was sent of, in order."""
    heard: list[uuid.UUID] = []

    def listen(_sender: object, *, patient_id: uuid.UUID) -> None:
        heard.append(patient_id)

    with episode_changed.connected_to(listen):
        yield heard
