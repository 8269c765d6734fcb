"""What is told of one person, told of another at another clinic: identifiers, names of clinics and staff. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from registry.demo.crowd.sites import Site

_DASHED = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Phrasebook:
    """From one clinic to another. ``ids`` are of 32 hexadecimal digits, as they are stored."""

    ids: Mapping[str, str]
    names: Mapping[str, str]

    @classmethod
    def between(cls, sites: Sequence[Site], there: int, here: int) -> Phrasebook:
        """What the clinic ``there``, the one after it and everybody on their staff are called ``here``."""
        ids, names = dict[str, str](), dict[str, str]()
        for step in (0, 1):
            old, new = (sites[(place + step) % len(sites)] for place in (there, here))
            ids[old.clinic_id.hex], names[old.name] = new.clinic_id.hex, new.name
            for role, staff in old.staff.items():
                for one, other in zip(staff, new.staff[role], strict=True):
                    ids[one.id.hex], names[one.name] = other.id.hex, other.name
        return cls(ids, names)

    @cached_property
    def any_name(self) -> re.Pattern[str]:
        """A longer name before one it begins with."""
        return re.compile("|".join(map(re.escape, sorted(self.names, key=len, reverse=True))))


@dataclass(slots=True)
class Translation:
    """From one person to another: a phrasebook with the identifiers of their rows, and their own name and number."""

    book: Phrasebook
    ids: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ids = {**self.book.ids, **self.ids}

    def text(self, text: str) -> str:
        """Words or JSON, with everybody named in it called as they are there; a name or number alone as well."""
        alone = self.ids.get(text)
        if alone is not None:
            return alone
        text = _DASHED.sub(self._identifier, text) if "-" in text else text
        return self.book.any_name.sub(lambda found: self.book.names[found[0]], text)

    def _identifier(self, found: re.Match[str]) -> str:
        known = self.ids.get(found[0].replace("-", ""))
        if known is None:
            return found[0]
        return f"{known[:8]}-{known[8:12]}-{known[12:16]}-{known[16:20]}-{known[20:]}"


def says_nothing(text: str, book: Phrasebook) -> bool:
    """Whether the text names nobody: it says the same of anybody."""
    return _DASHED.search(text) is None and book.any_name.search(text) is None
