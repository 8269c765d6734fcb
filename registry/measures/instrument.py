"""An instrument as the registry knows it: items, choices, scales, and where every number comes from.

Instances come from the files under ``instruments/`` (``definition.load``). Everything here is
frozen data; scoring and the course of scores live in their own modules.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Status(StrEnum):
    """How far a clinical number can be trusted."""

    VERIFIED = "verified"  # read in the cited source
    LITERATURE = "literature"  # standard in the field, cited but not re-read
    CONSENSUS = "consensus"  # a clinician's judgement; counts only once a clinic adopts it
    UNVERIFIED = "unverified"  # no source confirmed


_IN_FORCE = frozenset({Status.VERIFIED, Status.LITERATURE})


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number or statement comes from."""

    text: str
    status: Status


@dataclass(frozen=True, slots=True)
class Figure:
    """A clinical number with its source. Shown always; acted on only when its source is good enough."""

    value: Decimal
    source: Source

    @property
    def in_force(self) -> Decimal | None:
        """The number where it may drive a conclusion, else None: an unconfirmed number fires nothing."""
        return self.value if self.source.status in _IN_FORCE else None


def _in_force(figure: Figure | None) -> Decimal | None:
    return None if figure is None else figure.in_force


class Better(StrEnum):
    """Which direction of a scale is good for the patient."""

    LOWER = "lower"
    HIGHER = "higher"


class Rule(StrEnum):
    """How the answers of a scale become its score."""

    SUM = "sum"
    CATEGORY = "category"  # one structured question; its answer belongs to a category and has no number


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer. ``value`` is what is printed, keyed and stored; ``score`` is what it adds to a scale."""

    value: int
    label: str
    score: int
    code: str | None = None
    category: str | None = None
    is_missing: bool = False  # "not assessed", "don't know": chosen on purpose, yet no information


@dataclass(frozen=True, slots=True)
class Item:
    """One question of an instrument.

    A stored answer of ``safety_positive_from`` or higher raises a safety alert, whatever the status of
    its source: where a person may be in danger, a doubtful number fires too.
    """

    id: str
    number: str
    text: str | None
    choices: tuple[Choice, ...]
    reversed: bool = False
    scored: bool = True
    optional: bool = False
    safety_positive_from: int | None = None
    safety_source: Source | None = None
    code: str | None = None

    @property
    def label(self) -> str:
        """The item's wording, or a neutral "Item 3" where the wording may not be shipped."""
        return self.text if self.text is not None else f"Item {self.number}"

    @property
    def is_safety_item(self) -> bool:
        """Whether an answer to this item can raise a safety alert by itself."""
        return self.safety_positive_from is not None

    def choice(self, value: int) -> Choice | None:
        """The choice keyed ``value``, or None where the item has no such answer."""
        return next((choice for choice in self.choices if choice.value == value), None)

    def points(self, choice: Choice) -> int:
        """What ``choice`` adds to a scale, turned round where the item is reversed."""
        if not self.reversed:
            return choice.score
        scores = [each.score for each in self.choices if not each.is_missing]
        return min(scores) + max(scores) - choice.score


@dataclass(frozen=True, slots=True)
class Band:
    """A named range of a scale, ends included. ``severity`` counts up from 0 with worsening."""

    label: str
    low: Decimal
    high: Decimal
    severity: int


@dataclass(frozen=True, slots=True)
class Prorating:
    """How many missing items a scale tolerates before its score is withheld."""

    at_most_missing: int
    source: Source


@dataclass(frozen=True, slots=True)
class Loss:
    """A change of category that is a loss to the patient, such as housed to homeless."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Scale:
    """One score of an instrument, and every published number needed to read it.

    ``cutoff``, ``remission`` and ``target`` are levels on the scale: a score is elevated at the
    cut-off or worse, in remission at that level or better. ``response`` is a percentage of the
    distance from ``floor``; ``response_from`` the level a baseline has to have for a response to be
    expected, where no cut-off is published. A category scale has categories instead of numbers.
    """

    id: str
    name: str
    items: tuple[str, ...]
    rule: Rule
    better: Better = Better.LOWER
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    floor: Decimal = Decimal(0)
    bands: tuple[Band, ...] = ()
    bands_source: Source | None = None
    cutoff: Figure | None = None
    remission: Figure | None = None
    response: Figure | None = None
    response_from: Figure | None = None
    improved_level: Figure | None = None
    reliable_change: Figure | None = None
    target: Figure | None = None
    prorating: Prorating | None = None
    categories: tuple[str, ...] = ()
    interludes: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = ()
    losses_source: Source | None = None
    code: str | None = None

    @property
    def has_total(self) -> bool:
        """Whether this scale yields a number that can be followed over time."""
        return self.rule is Rule.SUM

    @property
    def cutoff_in_force(self) -> Decimal | None:
        """Elevated at this level or worse; None where no sourced cut-off exists."""
        return _in_force(self.cutoff)

    @property
    def remission_in_force(self) -> Decimal | None:
        """In remission at this level or better; None where no sourced level exists."""
        return _in_force(self.remission)

    @property
    def response_in_force(self) -> Decimal | None:
        """Responded when improved by this percentage of the distance from the floor; None where unsourced."""
        return _in_force(self.response)

    @property
    def response_from_in_force(self) -> Decimal | None:
        """A response is expected from a baseline at this level or worse: the cut-off, where there is one."""
        return self.cutoff_in_force if self.cutoff_in_force is not None else _in_force(self.response_from)

    @property
    def improved_level_in_force(self) -> Decimal | None:
        """Counts as improved in reports at this level or better; None where unsourced."""
        return _in_force(self.improved_level)

    @property
    def reliable_change_in_force(self) -> Decimal | None:
        """The smallest change, in points, that is more than noise; None where none is published."""
        return _in_force(self.reliable_change)

    @property
    def target_in_force(self) -> Decimal | None:
        """The treatment target offered by default, this level or better; None where unsourced."""
        return _in_force(self.target)

    def is_at_or_better(self, value: Decimal, level: Decimal) -> bool:
        """Whether ``value`` is as good as ``level`` or better for the patient."""
        return value <= level if self.better is Better.LOWER else value >= level

    def is_at_or_worse(self, value: Decimal, level: Decimal) -> bool:
        """Whether ``value`` is as bad as ``level`` or worse for the patient."""
        return value >= level if self.better is Better.LOWER else value <= level

    def worsening(self, *, before: Decimal, after: Decimal) -> Decimal:
        """Points by which the patient is worse; negative means better."""
        return after - before if self.better is Better.LOWER else before - after

    def band_of(self, value: Decimal) -> Band | None:
        """The band ``value`` falls in. A prorated decimal belongs to the band it has reached."""
        reached = [band for band in self.bands if band.low <= value]
        return max(reached, key=lambda band: band.low, default=None)


class Shipping(StrEnum):
    """How much of an instrument the registry may ship."""

    FULL_TEXT = "full text"
    OWN_WORDING = "own wording"
    SCORE_ONLY = "score only"


@dataclass(frozen=True, slots=True)
class Licence:
    """The licence of an instrument as we read it, and the notice that must stay with it."""

    may_ship: Shipping
    notice: str
    source: Source


@dataclass(frozen=True, slots=True)
class SafetyItem:
    """An item whose answer alerts by itself, as stored for the database trigger."""

    instrument_id: str
    version: str
    item_id: str
    positive_from: int


@dataclass(frozen=True, slots=True)
class Instrument:
    """One version of one instrument. Recall and cadence are in days."""

    id: str
    version: str
    title: str
    short_title: str
    domain: str
    respondent: str
    recall_days: int | None
    modes: tuple[str, ...]
    items: tuple[Item, ...]
    scales: tuple[Scale, ...]
    cadence_days: int
    cadence_source: Source
    licence: Licence
    citations: tuple[str, ...]
    languages: tuple[str, ...]
    code: str | None = None
    content_hash: str = ""

    @property
    def score_only(self) -> bool:
        """Whether items carry neutral labels because their wording may not be shipped."""
        return self.licence.may_ship is Shipping.SCORE_ONLY

    @property
    def primary_scale(self) -> Scale:
        """The scale shown first and entered as "total only"."""
        return self.scales[0]

    @property
    def safety_items(self) -> tuple[Item, ...]:
        """The items whose answers can raise a safety alert, in order."""
        return tuple(item for item in self.items if item.is_safety_item)

    def total_needs(self, item: Item, total: int) -> bool:
        """Whether the primary scale reaches ``total`` only with a positive answer to this safety item.

        A PHQ-9 of 25 or more does: its other eight items add up to 24.
        """
        scale, positive_from = self.primary_scale, item.safety_positive_from
        if positive_from is None or item.id not in scale.items or scale.rule is not Rule.SUM:
            return False
        most = 0
        for each in (self.item(item_id) for item_id in scale.items):
            given = [choice for choice in each.choices if not choice.is_missing]
            without = [choice for choice in given if each.id != item.id or choice.value < positive_from]
            most += max((each.points(choice) for choice in without), default=0)
        return total > most

    def item(self, item_id: str) -> Item:
        """The item called ``item_id``; raises KeyError where there is none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def scale(self, scale_id: str) -> Scale:
        """The scale called ``scale_id``; raises KeyError where there is none."""
        for scale in self.scales:
            if scale.id == scale_id:
                return scale
        raise KeyError(scale_id)

    def scale_key(self, scale: Scale) -> str:
        """The name of a scale across all instruments, such as "phq-9:total"."""
        return f"{self.id}:{scale.id}"
