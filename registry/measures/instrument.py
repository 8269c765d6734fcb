"""An instrument as the registry knows it: its items, their choices, its scales, and its licence.

Instances come from the files under ``instruments/`` (``definition.load``). Everything here is
frozen data; scoring and the course of scores live in their own modules.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from registry.measures.psychosis import PsychosisItems
from registry.measures.scale import Condition, Scale, Source


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer. ``value`` is what is printed, keyed and stored; ``score`` is what it adds to a scale."""

    value: int
    label: str
    score: int
    code: str | None = None
    category: str | None = None
    is_missing: bool = False  # "not assessed", "don't know": chosen on purpose, yet no information


class SafetyTier(StrEnum):
    """How soon somebody acts on a positive answer to a safety item, most pressing first."""

    IMMEDIATE = "immediate"  # a danger under way
    URGENT = "urgent"  # the same day
    ACTION = "action"  # within days

    @property
    def rank(self) -> int:
        """0 for the most pressing."""
        return _RANKS[self]


_RANKS = {tier: rank for rank, tier in enumerate(SafetyTier)}


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One question of an instrument, compared as that object.

    ``topic`` is a neutral word for what it is about, where its wording may not be shipped. The answer
    to a number item is written as digits rather than chosen.

    A stored answer of ``safety_positive_from`` or higher, ``safety_positive_to`` or lower where that is named, is
    positive, and shown as such wherever the answer is; it raises a safety alert where ``alerts``.
    ``safety_calls_for`` says what is to be done then, where the instrument itself says more than that somebody has to
    ask; ``safety_tells`` who is told besides: "psychiatrist", "prescriber".
    """

    id: str
    number: str
    text: str | None
    choices: tuple[Choice, ...]
    reversed: bool = False
    scored: bool = True
    optional: bool = False
    safety_positive_from: int | None = None
    safety_positive_to: int | None = None
    safety_source: Source | None = None
    safety_tier: SafetyTier = SafetyTier.URGENT
    safety_tier_again: SafetyTier | None = None
    safety_calls_for: str | None = None
    safety_tells: tuple[str, ...] = ()
    code: str | None = None
    topic: str | None = None
    is_number: bool = False

    @property
    def label(self) -> str:
        """The item's wording, or a neutral "Item 3: sleep" where the wording may not be shipped."""
        if self.text is not None:
            return self.text
        return f"Item {self.number}" if self.topic is None else f"Item {self.number}: {self.topic}"

    @property
    def is_safety_item(self) -> bool:
        """Whether an answer to this item can be positive by itself."""
        return self.safety_positive_from is not None

    @property
    def alerts(self) -> bool:
        """Whether a positive answer raises an alert: not from where nobody published, until a clinic signs for it."""
        return self.is_safety_item and (self.safety_source is None or self.safety_source.is_in_force)

    def is_positive(self, value: int) -> bool:
        """Whether this answer by itself is a sign of danger."""
        if self.safety_positive_from is None or value < self.safety_positive_from:
            return False
        return self.safety_positive_to is None or value <= self.safety_positive_to

    def danger_of(self, value: int) -> int:
        """How far this answer to a safety item goes, to compare two: more is worse, and 0 the least."""
        return value if self.safety_positive_to is None else self.safety_positive_to + 1 - value

    def choice(self, value: int) -> Choice | None:
        """The choice keyed ``value``, or None where the item has no such answer."""
        return next((choice for choice in self.choices if choice.value == value), None)

    def worth(self) -> dict[int, int]:
        """What each usable answer adds to a scale, turned round where the item is reversed."""
        scores = {choice.value: choice.score for choice in self.choices if not choice.is_missing}
        if not self.reversed:
            return scores
        ends = min(scores.values()) + max(scores.values())
        return {value: ends - score for value, score in scores.items()}


class Shipping(StrEnum):
    """How much of an instrument the registry may ship."""

    FULL_TEXT = "full text"
    OWN_WORDING = "own wording"
    SCORE_ONLY = "score only"


@dataclass(frozen=True, slots=True)
class Licence:
    """The licence of an instrument as we read it, and the notice that must stay with it.

    A non-commercial one is used only where a clinic says that it may.
    """

    may_ship: Shipping
    notice: str
    source: Source
    non_commercial: bool = False


@dataclass(frozen=True, slots=True)
class Skip:
    """Items that are not asked where every condition of ``when`` holds; each counts as answered ``counts_as``.

    Where ``may_be_asked`` they may be left blank then, and an answer counts as it was given.
    """

    when: tuple[Condition, ...]
    items: tuple[str, ...]
    counts_as: int
    may_be_asked: bool = False


@dataclass(frozen=True, slots=True)
class SafetyItem:
    """An item that alerts at every clinic, as stored for the database trigger; no ``positive_to``: however high."""

    instrument_id: str
    version: str
    item_id: str
    positive_from: int
    positive_to: int | None = None


@dataclass(frozen=True, eq=False)
class Instrument:
    """One version of one instrument, read once and compared as that object. Recall and cadence are in days.

    ``lead`` is the question above the items. Of the items of each group in ``either_or`` one is
    answered, and the others stay blank. One that ``follows`` another asks about the time since a form of either.
    """

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
    either_or: tuple[tuple[str, ...], ...] = ()
    skips: tuple[Skip, ...] = ()
    is_core: bool = False
    follows: str | None = None
    lead: str | None = None
    code: str | None = None
    psychosis: PsychosisItems | None = None
    content_hash: str = ""

    @property
    def score_only(self) -> bool:
        """Whether items carry neutral labels because their wording may not be shipped."""
        return self.licence.may_ship is Shipping.SCORE_ONLY

    @property
    def is_safety_screen(self) -> bool:
        """Whether it asks about danger and nothing else."""
        return self.domain == "safety"

    def rated_label(self, item: Item) -> str:
        """What people call one of its ratings: "CGI-S severity", "BPRS-18 hallucinatory behavior"."""
        alone = next((scale for scale in self.scales if scale.items == (item.id,)), None)
        if alone is not None:
            return self.label_of(alone)
        return f"{self.short_title} {item.label[0].lower()}{item.label[1:]}"

    @property
    def primary_scale(self) -> Scale:
        """The scale shown first and entered as "total only"."""
        return self.scales[0]

    @cached_property
    def safety_items(self) -> tuple[Item, ...]:
        """The items whose answers can be a sign of danger, in order, those that alert nobody yet included."""
        return tuple(item for item in self.items if item.is_safety_item)

    @cached_property
    def alerting_items(self) -> tuple[Item, ...]:
        """Of those, the ones that alert."""
        return tuple(item for item in self.safety_items if item.alerts)

    @cached_property
    def shown_items(self) -> tuple[Item, ...]:
        """Of those, the ones whose answers are shown and alert nobody."""
        return tuple(item for item in self.safety_items if not item.alerts)

    @cached_property
    def has_danger_scale(self) -> bool:
        """Whether the score of a scale is a danger by itself."""
        return any(scale.danger is not None for scale in self.scales)

    @cached_property
    def usable_values(self) -> dict[str, dict[int, bool]]:
        """Item → each value it offers → whether that is information."""
        return {item.id: {choice.value: not choice.is_missing for choice in item.choices} for item in self.items}

    @cached_property
    def asked_for(self) -> frozenset[str]:
        """The items that should not be left blank."""
        return frozenset(item.id for item in self.items if not item.optional)

    @cached_property
    def items_by_id(self) -> dict[str, Item]:
        """Every item by its id."""
        return {item.id: item for item in self.items}

    def item(self, item_id: str) -> Item:
        """The item called ``item_id``; raises KeyError where there is none."""
        return self.items_by_id[item_id]

    def scale(self, scale_id: str) -> Scale:
        """The scale called ``scale_id``; raises KeyError where there is none."""
        for scale in self.scales:
            if scale.id == scale_id:
                return scale
        raise KeyError(scale_id)

    def domain_of(self, scale: Scale) -> str:
        """What a scale is about: its own domain, or the instrument's."""
        return scale.domain or self.domain

    def label_of(self, scale: Scale) -> str:
        """What people call a scale: "PHQ-9" where it is the score of the whole form, else "CGI-S severity"."""
        scored = {item.id for item in self.items if item.scored}
        if len(self.scales) == 1 or (scale.id == self.primary_scale.id and scored <= set(scale.items)):
            return self.short_title
        return scale.name if self.short_title in scale.name else f"{self.short_title}: {scale.name}"

    def scale_key(self, scale: Scale) -> str:
        """The name of a scale across all instruments, such as "phq-9:total"."""
        return f"{self.id}:{scale.id}"

    def item_key(self, item: Item) -> str:
        """The name of an item across all instruments, such as "phq-9:9"."""
        return f"{self.id}:{item.id}"
