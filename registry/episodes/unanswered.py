"""What a case review recommended or was asked, and nobody has answered, for whoever ends or hands over the episode.

Review stands above this room, so ``create_app`` says who knows and who settles it (``app.extensions[UNANSWERED]``).
Nothing of it ages in silence on an episode that has ended.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Protocol, cast

from flask import current_app

from registry.accounts.models import User
from registry.episodes.models import Episode

UNANSWERED = "unanswered"
"""Where ``create_app`` puts who settles it."""


class Settles(Protocol):
    """Whoever keeps recommendations and questions."""

    def tell(self, episode_id: uuid.UUID) -> Sequence[str]:
        """What is open, each in words."""

    def let_go(self, episode: Episode, *, why: str, by: User | None) -> None:
        """Decline what was recommended and withdraw what was asked, inside the caller's ``write()``."""

    def tell_ended(self, episode_id: uuid.UUID) -> Sequence[str]:
        """What the end of the episode declined and withdrew, each in words."""

    def bring_back(self, episode: Episode, *, by: User | None) -> None:
        """Take that back, inside the caller's ``write()``: the end was none."""

    def hand_over(self, episode: Episode, *, to: Episode, by: User | None) -> None:
        """Ask the psychiatrist of another episode of the person about all of it, inside the caller's ``write()``."""


def unanswered() -> Settles:
    """Raises ``KeyError`` in a program put together without it: nothing recommended is lost in silence."""
    return cast(Settles, current_app.extensions[UNANSWERED])
