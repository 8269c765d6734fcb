"""The tables of an instrument file, as ``instruments/README.md`` describes them, and what they become."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StringConstraints

from registry.measures.file_fields import ConditionTable, Items, Name, Sourced, Table, Text, Whole, source_of
from registry.measures.file_scales import ScaleTable
from registry.measures.instrument import Choice, Instrument, Item, Licence, SafetyTier, Shipping, Skip
from registry.measures.psychosis import JudgedAs, PsychosisItems

MOST_ITEMS = 300
"""Of items, scales, and answers to an item."""


class _Choice(Table):
    value: Whole
    label: Text
    score: Whole | None = None
    code: Text | None = None
    category: Name | None = None
    missing: StrictBool = False

    def to_choice(self) -> Choice:
        score = self.value if self.score is None else self.score
        return Choice(self.value, self.label, score, self.code, self.category, self.missing)


class _Digits(Table):
    """An answer that is written as a whole number, such as days of a month."""

    low: Annotated[Whole, Field(ge=0)]
    high: Annotated[Whole, Field(le=1000)]

    def to_choices(self) -> tuple[Choice, ...]:
        return tuple(Choice(number, str(number), number) for number in range(self.low, self.high + 1))


class _Safety(Sourced):
    positive_from: Whole
    positive_to: Whole | None = None
    tells: list[Literal["psychiatrist", "prescriber"]] = Field(default_factory=list)
    tier: SafetyTier = SafetyTier.URGENT
    tier_again: SafetyTier | None = None
    calls_for: Text | None = None


class _Item(Table):
    id: Name
    number: Text
    text: Text | None = None
    choices: Name
    reversed: StrictBool = False
    scored: StrictBool = True
    optional: StrictBool = False
    safety: _Safety | None = None
    code: Text | None = None
    topic: Text | None = None

    def to_item(self, choices: tuple[Choice, ...], *, is_number: bool) -> Item:
        return Item(
            choices=choices,
            is_number=is_number,
            safety_positive_from=None if self.safety is None else self.safety.positive_from,
            safety_positive_to=None if self.safety is None else self.safety.positive_to,
            safety_tells=() if self.safety is None else tuple(self.safety.tells),
            safety_source=source_of(self.safety),
            safety_tier=SafetyTier.URGENT if self.safety is None else self.safety.tier,
            safety_tier_again=None if self.safety is None else self.safety.tier_again,
            safety_calls_for=None if self.safety is None else self.safety.calls_for,
            **self.model_dump(exclude={"choices", "safety"}),
        )


class _Skip(Table):
    when: Annotated[list[ConditionTable], Field(min_length=1)]
    items: Items
    counts_as: Whole
    may_be_asked: StrictBool = False

    def to_skip(self) -> Skip:
        when = tuple(each.to_condition() for each in self.when)
        return Skip(when, tuple(self.items), self.counts_as, self.may_be_asked)


class _Psychosis(Sourced):
    judged_as: JudgedAs
    items: Items
    positive: Items | None = None

    def to_items(self) -> PsychosisItems:
        positive = self.items if self.positive is None else self.positive
        return PsychosisItems(self.judged_as, tuple(self.items), tuple(positive), self.to_source())


class _Cadence(Sourced):
    days: Annotated[Whole, Field(ge=1, le=3650)]


class _Licence(Sourced):
    may_ship: Shipping
    notice: Text
    non_commercial: StrictBool = False

    def to_licence(self) -> Licence:
        return Licence(self.may_ship, self.notice, self.to_source(), self.non_commercial)


class InstrumentFile(Table):
    """One version of one instrument, each table of the right shape. Whether it adds up is asked of the instrument."""

    id: Name
    version: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,5}$")]
    title: Text
    short_title: Text
    domain: Name
    respondent: Literal["self", "clinician", "staff"]
    lead: Text | None = None
    recall_days: Annotated[Whole, Field(ge=1)] | None = None
    modes: Annotated[
        list[Literal["paper", "device", "read-aloud", "interview", "clinician", "proxy"]], Field(min_length=1)
    ]
    languages: Annotated[list[Name], Field(min_length=1)]
    citations: list[Text]
    code: Text | None = None
    licence: _Licence
    cadence: _Cadence
    core: StrictBool = False
    follows: Name | None = None
    either_or: list[Annotated[list[Name], Field(min_length=2)]] = Field(default_factory=list)
    choices: dict[Name, Annotated[list[_Choice], Field(min_length=1, max_length=MOST_ITEMS)]] = Field(
        default_factory=dict
    )
    numbers: dict[Name, _Digits] = Field(default_factory=dict)
    items: Annotated[list[_Item], Field(min_length=1, max_length=MOST_ITEMS)]
    skips: list[_Skip] = Field(default_factory=list)
    psychosis: _Psychosis | None = None
    scales: Annotated[list[ScaleTable], Field(min_length=1, max_length=MOST_ITEMS)]

    def to_instrument(self, *, content_hash: str) -> Instrument:
        choices = {name: tuple(each.to_choice() for each in group) for name, group in self.choices.items()}
        choices |= {name: digits.to_choices() for name, digits in self.numbers.items()}
        return Instrument(
            id=self.id,
            version=self.version,
            title=self.title,
            short_title=self.short_title,
            domain=self.domain,
            respondent=self.respondent,
            recall_days=self.recall_days,
            lead=self.lead,
            modes=tuple(self.modes),
            items=tuple(
                item.to_item(choices[item.choices], is_number=item.choices in self.numbers) for item in self.items
            ),
            either_or=tuple(tuple(group) for group in self.either_or),
            skips=tuple(skip.to_skip() for skip in self.skips),
            is_core=self.core,
            follows=self.follows,
            scales=tuple(scale.to_scale() for scale in self.scales),
            cadence_days=self.cadence.days,
            cadence_source=self.cadence.to_source(),
            licence=self.licence.to_licence(),
            citations=tuple(self.citations),
            languages=tuple(self.languages),
            code=self.code,
            psychosis=None if self.psychosis is None else self.psychosis.to_items(),
            content_hash=content_hash,
        )
