"""Today, as the only way a rule can ask about time.

A rule never sees the date itself. It asks whether a day has come, and the clock remembers every
day asked about that is still ahead. A rule's answer depends only on its case and on those
questions, so it cannot change before the earliest of these days: the next check date is exact by
construction, not by care.
"""

from datetime import date


class Clock:
    """One rule's view of the clinic's local ``today``."""

    __slots__ = ("_today", "next_check_on")

    def __init__(self, today: date) -> None:
        self._today = today
        self.next_check_on: date | None = None
        """The first day on which an answer given so far could change, None where none can."""

    def has_come(self, day: date) -> bool:
        """Whether ``day`` is today or past; a day still ahead becomes a date to check again."""
        if day <= self._today:
            return True
        if self.next_check_on is None or day < self.next_check_on:
            self.next_check_on = day
        return False
