"""A change that cannot be, in words for whoever asked for it."""

from __future__ import annotations


class Refused(ValueError):
    """The message says what to do. ``field`` names what is wrong: "on", "paused_until", "team"."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field
