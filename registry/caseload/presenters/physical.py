"""The page over a person's physical health."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from registry.episodes.record_tabs import Tab
from registry.patients.presenters import IdentityHeader
from registry.physical.presenters import KindShown


@dataclass(frozen=True, slots=True)
class PhysicalPage:
    """What is on record of a person's physical health."""

    title: str
    patient: IdentityHeader
    tabs: Sequence[Tab]
    kinds: Sequence[KindShown]
    record_url: str
    """Empty where it is not the reader's to write."""
