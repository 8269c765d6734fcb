"""What a finding rests on: plain JSON, so that it can be stored, and put into words again on a later day."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeAlias

JSON: TypeAlias = "Mapping[str, JSON] | Sequence[JSON] | str | int | float | bool | None"
"""Anything that survives a round trip through a JSON column."""


def stored(value: date | Decimal | None) -> str | None:
    """A date or an exact number as evidence keeps it."""
    return None if value is None else str(value)


class Evidence:
    """Stored evidence, read back by type. A missing or mistyped entry raises, it is never guessed."""

    __slots__ = ("_facts",)

    def __init__(self, facts: Mapping[str, JSON]) -> None:
        self._facts = facts

    def has(self, name: str) -> bool:
        """Whether anything is stored under ``name``."""
        return name in self._facts

    def fact(self, name: str) -> JSON:
        """Whatever is stored under ``name``, to be compared and not read."""
        return self._facts[name]

    def is_none(self, name: str) -> bool:
        """Whether what is stored under ``name`` is that there is none."""
        return self._facts[name] is None

    def text(self, name: str) -> str:
        """The words stored under ``name``; raises KeyError or TypeError where there are none."""
        value = self._facts[name]
        if not isinstance(value, str):
            raise TypeError(f"evidence {name!r} is not text")
        return value

    def optional_text(self, name: str) -> str | None:
        """The words stored under ``name``, or None where none were recorded."""
        return None if self._facts[name] is None else self.text(name)

    def day(self, name: str) -> date:
        """The date stored under ``name``."""
        return date.fromisoformat(self.text(name))

    def optional_day(self, name: str) -> date | None:
        """The date stored under ``name``, or None where none is known."""
        return None if self._facts[name] is None else self.day(name)

    def amount(self, name: str) -> Decimal:
        """The exact number stored under ``name``."""
        return Decimal(self.text(name))

    def optional_amount(self, name: str) -> Decimal | None:
        """The exact number stored under ``name``, or None where none is known."""
        return None if self._facts[name] is None else self.amount(name)

    def whole(self, name: str) -> int:
        """The count stored under ``name``."""
        value = self._facts[name]
        if not isinstance(value, int):
            raise TypeError(f"evidence {name!r} is not a whole number")
        return value

    def optional_whole(self, name: str) -> int | None:
        """The count stored under ``name``, or None where none applies."""
        return None if self._facts[name] is None else self.whole(name)

    def fewest(self, under: str, name: str) -> int | None:
        """The smallest count under ``name`` in the list ``under``, None where there is none."""
        entries = self.each(under) if self.has(under) else ()
        return min((each.whole(name) for each in entries if each.has(name) and not each.is_none(name)), default=None)

    def flag(self, name: str) -> bool:
        """The yes or no stored under ``name``."""
        value = self._facts[name]
        if not isinstance(value, bool):
            raise TypeError(f"evidence {name!r} is not yes or no")
        return value

    def words(self, name: str) -> list[str]:
        """The list of words stored under ``name``."""
        value = self._facts[name]
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise TypeError(f"evidence {name!r} is not a list")
        return [entry for entry in value if isinstance(entry, str)]

    def part(self, name: str) -> "Evidence":
        """The facts stored together under ``name``."""
        value = self._facts[name]
        if not isinstance(value, Mapping):
            raise TypeError(f"evidence {name!r} is not a group of facts")
        return Evidence(value)

    def each(self, name: str) -> list["Evidence"]:
        """The list of facts stored under ``name``."""
        value = self._facts[name]
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise TypeError(f"evidence {name!r} is not a list")
        return [Evidence(entry) for entry in value if isinstance(entry, Mapping)]
