"""What was observed of a person's body, as the rules see it: part of the snapshot."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Observed:
    """One observation that stands: of which kind, on which local day, and when it was entered.

    ``value`` and ``second`` are in the first unit of the kind (``observations.toml``); ``words`` say it as entered.
    """

    id: str
    kind: str
    on: date
    entered_on: date
    words: str
    value: Decimal | None = None
    second: Decimal | None = None
    choice: str = ""


@dataclass(frozen=True, slots=True)
class PhysicalFacts:
    """All observations that stand, newest first; a form that answers a check is one, its kind the instrument's."""

    observed: tuple[Observed, ...] = ()

    def latest(self, kind: str) -> Observed | None:
        """The last of its kind."""
        return next((each for each in self.observed if each.kind == kind), None)
