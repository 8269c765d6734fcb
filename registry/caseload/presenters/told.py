"""What an entry of the timeline may need beside its own row, and what it says."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, tzinfo

from registry.episodes.models import Episode


@dataclass(frozen=True, slots=True)
class Told:
    """What an entry may need beside its own row."""

    today: date
    zone: tzinfo
    """Of the clinic whose today it is."""
    episodes: Mapping[uuid.UUID, Episode] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Words:
    """An entry as it is said. ``by`` empty: whoever stored it is named."""

    title: str
    more: str = ""
    by: str = ""
    kind: str = ""
    icon: str = "note"
    url: str = ""
