"""How psychotic, and how ill, somebody was rated, as the rules see it: part of the snapshot (``alerts.snapshot``)."""

from dataclasses import dataclass
from datetime import date

from registry.measures.psychosis import JudgedAs


@dataclass(frozen=True, slots=True)
class Rating:
    """One answer to a rated item on the local date of service: more is worse."""

    on: date
    value: int


@dataclass(frozen=True, slots=True)
class RatedItem:
    """An item by which psychosis is judged, with every rating of it, oldest first, whoever follows its form or nobody.

    ``label`` is what people call it ("CGI-S severity"); the form is given every ``cadence_days`` days. Not
    ``is_positive`` are negative symptoms and movement.
    """

    key: str
    label: str
    judged_as: JudgedAs
    cadence_days: int
    ratings: tuple[Rating, ...]
    is_positive: bool = True


@dataclass(frozen=True, slots=True)
class TriedAntipsychotic:
    """One antipsychotic, from its start to its stop, None while it goes on; of one ``substance`` there may be several.

    ``lowest`` is the lowest adherence in percent: as noted, and of injections by the days they covered; None where
    nothing is known. ``covered_on`` and ``covered_until`` are the span of which injections tell that.
    """

    name: str
    substance: str
    started_on: date
    stopped_on: date | None = None
    lowest: int | None = None
    is_clozapine: bool = False
    covered_on: date | None = None
    covered_until: date | None = None

    @property
    def taken_from(self) -> date:
        """The day from which it counts as taken: of injections the first that was given."""
        return self.covered_on or self.started_on

    @property
    def taken_until(self) -> date | None:
        """The day up to which it counts as taken, None while it goes on."""
        return self.covered_until or self.stopped_on
