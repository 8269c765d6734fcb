"""The tables of an instrument file, as ``instruments/README.md`` describes them, and what they become."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
)

from registry.measures.instrument import Choice, Instrument, Item, Licence, SafetyTier, Shipping, Skip
from registry.measures.scale import (
    Band,
    Better,
    Condition,
    Danger,
    DangerKind,
    Figure,
    Level,
    Loss,
    Prorating,
    Recode,
    Rule,
    Scale,
    Source,
    Status,
)

LARGEST = 1_000_000
"""No number of any instrument is larger: what is, is a slip, and arithmetic on it would not end well."""


MOST_ITEMS = 300
"""Of items, scales, and answers to an item."""


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number")
    if not abs(value) <= LARGEST:
        raise ValueError(f"must be a number between -{LARGEST} and {LARGEST}")
    return Decimal(str(value))


def _printable(text: str) -> str:
    """Refuses characters nobody can see, which no database or page would take either."""
    if any(ord(character) < ord(" ") and character not in "\n\t" for character in text) or "\x7f" in text:
        raise ValueError("has a control character in it")
    return text


Number = Annotated[Decimal, BeforeValidator(_number), Field(allow_inf_nan=False)]
Whole = Annotated[StrictInt, Field(ge=-LARGEST, le=LARGEST)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_printable)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]

Items = Annotated[list[Name], Field(min_length=1)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Sourced(_Table):
    source: Text
    status: Status

    def to_source(self) -> Source:
        return Source(self.source, self.status)


class _Figure(_Sourced):
    value: Number

    def to_figure(self) -> Figure:
        return Figure(self.value, self.to_source())


class _Choice(_Table):
    value: Whole
    label: Text
    score: Whole | None = None
    code: Text | None = None
    category: Name | None = None
    missing: StrictBool = False

    def to_choice(self) -> Choice:
        score = self.value if self.score is None else self.score
        return Choice(self.value, self.label, score, self.code, self.category, self.missing)


class _Digits(_Table):
    """An answer that is written as a whole number, such as days of a month."""

    low: Annotated[Whole, Field(ge=0)]
    high: Annotated[Whole, Field(le=1000)]

    def to_choices(self) -> tuple[Choice, ...]:
        return tuple(Choice(number, str(number), number) for number in range(self.low, self.high + 1))


class _Safety(_Sourced):
    positive_from: Whole
    positive_to: Whole | None = None
    tells: list[Literal["psychiatrist", "prescriber"]] = []
    tier: SafetyTier = SafetyTier.URGENT
    tier_again: SafetyTier | None = None
    calls_for: Text | None = None


class _Item(_Table):
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
            safety_source=_source(self.safety),
            safety_tier=SafetyTier.URGENT if self.safety is None else self.safety.tier,
            safety_tier_again=None if self.safety is None else self.safety.tier_again,
            safety_calls_for=None if self.safety is None else self.safety.calls_for,
            **self.model_dump(exclude={"choices", "safety"}),
        )


class _Band(_Table):
    label: Text
    low: Number
    high: Number


class _Prorating(_Sourced):
    at_most_missing: Annotated[Whole, Field(ge=1)]


class _Condition(_Table):
    items: Items
    low: Whole | None = Field(None, alias="from")
    high: Whole | None = Field(None, alias="to")
    at_least: Annotated[Whole, Field(ge=1)] = 1

    def to_condition(self) -> Condition:
        return Condition(tuple(self.items), self.low, self.high, self.at_least)


class _Level(_Table):
    category: Name
    label: Text
    all: list[_Condition] = []
    any: list[_Condition] = []

    def to_level(self) -> Level:
        return Level(
            self.category,
            self.label,
            all=tuple(each.to_condition() for each in self.all),
            any=tuple(each.to_condition() for each in self.any),
        )


class _Recode(_Table):
    items: Items
    points: dict[Annotated[int, Field(ge=0, le=LARGEST)], Whole]

    def to_recode(self) -> Recode:
        return Recode(tuple(self.items), tuple(self.points.items()))


class _Skip(_Table):
    when: Annotated[list[_Condition], Field(min_length=1)]
    items: Items
    counts_as: Whole
    may_be_asked: StrictBool = False

    def to_skip(self) -> Skip:
        when = tuple(each.to_condition() for each in self.when)
        return Skip(when, tuple(self.items), self.counts_as, self.may_be_asked)


class _Loss(_Table):
    before: Name
    after: Name


class _Danger(_Table):
    """Where it counts from is the scale's cut-off."""

    kind: DangerKind
    calls_for: Text
    source: Text
    status: Status

    def to_danger(self) -> Danger:
        return Danger(self.kind, self.calls_for, Source(self.source, self.status))


class _Scale(_Table):
    id: Name
    name: Text
    items: Items
    rule: Rule
    better: Better = Better.LOWER
    domain: Name | None = None
    minimum: Number | None = None
    maximum: Number | None = None
    floor: Number | None = None
    times: Annotated[Whole, Field(ge=1)] = 1
    divided_by: Annotated[Whole, Field(ge=1)] = 1
    decimals: Annotated[Whole, Field(ge=0, le=2)] = 0
    highest_of: list[Annotated[list[Name], Field(min_length=2)]] = []
    recodes: list[_Recode] = []
    rule_source: _Sourced | None = None
    bands: list[_Band] = []
    bands_source: _Sourced | None = None
    cutoff: _Figure | None = None
    remission: _Figure | None = None
    response: _Figure | None = None
    response_points: _Figure | None = None
    response_from: _Figure | None = None
    improved_level: _Figure | None = None
    reliable_change: _Figure | None = None
    target: _Figure | None = None
    prorating: _Prorating | None = None
    levels: list[_Level] = []
    categories: list[Name] = []
    interludes: list[Name] = []
    losses: list[_Loss] = []
    losses_source: _Sourced | None = None
    code: Text | None = None
    comparison: StrictBool = False
    profile: StrictBool = False
    newly_present: _Figure | None = None
    risen_by: _Figure | None = None
    danger: _Danger | None = None

    def to_scale(self) -> Scale:
        floor = self.floor if self.floor is not None else self.minimum
        return Scale(
            id=self.id,
            name=self.name,
            items=tuple(self.items),
            rule=self.rule,
            better=self.better,
            domain=self.domain,
            minimum=self.minimum,
            maximum=self.maximum,
            floor=Decimal(0) if floor is None else floor,
            times=self.times,
            divided_by=self.divided_by,
            decimals=self.decimals,
            highest_of=tuple(tuple(group) for group in self.highest_of),
            recodes=tuple(recode.to_recode() for recode in self.recodes),
            rule_source=_source(self.rule_source),
            bands=self._bands(),
            bands_source=_source(self.bands_source),
            cutoff=_figure(self.cutoff),
            remission=_figure(self.remission),
            response=_figure(self.response),
            response_points=_figure(self.response_points),
            response_from=_figure(self.response_from),
            improved_level=_figure(self.improved_level),
            reliable_change=_figure(self.reliable_change),
            target=_figure(self.target),
            prorating=None
            if self.prorating is None
            else Prorating(self.prorating.at_most_missing, self.prorating.to_source()),
            levels=tuple(level.to_level() for level in self.levels),
            categories=tuple(level.category for level in self.levels) or tuple(self.categories),
            interludes=tuple(self.interludes),
            losses=tuple(Loss(loss.before, loss.after) for loss in self.losses),
            losses_source=_source(self.losses_source),
            code=self.code,
            is_comparison=self.comparison,
            is_profile=self.profile,
            newly_present=_figure(self.newly_present),
            risen_by=_figure(self.risen_by),
            danger=None if self.danger is None else self.danger.to_danger(),
        )

    def _bands(self) -> tuple[Band, ...]:
        """Bands are written from low to high; severity counts from the healthy end."""
        last = len(self.bands) - 1
        return tuple(
            Band(band.label, band.low, band.high, position if self.better is Better.LOWER else last - position)
            for position, band in enumerate(self.bands)
        )


class _Cadence(_Sourced):
    days: Annotated[Whole, Field(ge=1, le=3650)]


class _Licence(_Sourced):
    may_ship: Shipping
    notice: Text
    non_commercial: StrictBool = False

    def to_licence(self) -> Licence:
        return Licence(self.may_ship, self.notice, self.to_source(), self.non_commercial)


class InstrumentFile(_Table):
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
    either_or: list[Annotated[list[Name], Field(min_length=2)]] = []
    choices: dict[Name, Annotated[list[_Choice], Field(min_length=1, max_length=MOST_ITEMS)]] = {}
    numbers: dict[Name, _Digits] = {}
    items: Annotated[list[_Item], Field(min_length=1, max_length=MOST_ITEMS)]
    skips: list[_Skip] = []
    scales: Annotated[list[_Scale], Field(min_length=1, max_length=MOST_ITEMS)]

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
            scales=tuple(scale.to_scale() for scale in self.scales),
            cadence_days=self.cadence.days,
            cadence_source=self.cadence.to_source(),
            licence=self.licence.to_licence(),
            citations=tuple(self.citations),
            languages=tuple(self.languages),
            code=self.code,
            content_hash=content_hash,
        )


def _source(sourced: _Sourced | None) -> Source | None:
    return None if sourced is None else sourced.to_source()


def _figure(figure: _Figure | None) -> Figure | None:
    return None if figure is None else figure.to_figure()
