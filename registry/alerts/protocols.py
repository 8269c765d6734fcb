"""Which checks a medicine asks for, and how often: read from ``monitoring.toml``. Pure."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from registry.alerts.parameters import Numbers

SHIPPED = Path(__file__).with_name("monitoring.toml")


@dataclass(frozen=True, slots=True)
class Stage:
    """Up to ``until`` days after the medicine began, or for good, the parameter that says how many days lie between."""

    every: str
    until: int | None


@dataclass(frozen=True, slots=True)
class Protocol:
    """One check of one medicine. ``after_change`` is the parameter for how soon after a change it is due as well.

    ``speaks_after`` is the one for how soon after a change a check says something of the new dose.
    """

    exposure: str
    check: str
    stages: Sequence[Stage]
    after_change: str | None
    speaks_after: str | None
    source: str

    def interval(self, day: int, numbers: Numbers) -> int | None:
        """Days to the next check, of one done on this day after the start; None where nobody adopted the number."""
        stage = next(each for each in self.stages if each.until is None or day < each.until)
        return numbers.get(stage.every)

    @property
    def parameters(self) -> list[str]:
        """The ids of the numbers it goes by."""
        changed = (self.after_change, self.speaks_after)
        return [*(stage.every for stage in self.stages), *(each for each in changed if each is not None)]


@cache
def protocols(path: Path = SHIPPED) -> tuple[Protocol, ...]:
    """All of them, in the order of the file. Raises KeyError for one that lacks what it needs."""
    with path.open("rb") as file:
        tables = tomllib.load(file)["protocol"]
    return tuple(
        Protocol(
            exposure=table["exposure"],
            check=table["check"],
            stages=tuple(Stage(each["every"], each.get("until")) for each in table["stages"]),
            after_change=table.get("after_change"),
            speaks_after=table.get("speaks_after"),
            source=table["source"],
        )
        for table in tables
    )
