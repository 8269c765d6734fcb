"""One form about an episode, as its page prints it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from registry.patients.presenters import EditPage

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePage(EditPage):
    """A form about one person's care."""

    today: date
    subtitle: str = ""
    unit: str = ""
    hints: Mapping[str, str] = field(default_factory=dict)
    """Of a choice, what it asks for."""
    medicines: Sequence[str] = ()
    """What the person takes now, where the change ends the reminders of it."""
    unanswered: Sequence[str] = ()
    """What case reviews left open, where the change declines it, or brings it back."""
