"""The tables of an instrument file that say how answers become a score, and what a score means."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field, StrictBool

from registry.measures.file_fields import (
    LARGEST,
    ConditionTable,
    FigureTable,
    Items,
    Name,
    Number,
    Sourced,
    Table,
    Text,
    Whole,
    figure_of,
    source_of,
)
from registry.measures.scale import (
    Band,
    Better,
    Danger,
    DangerKind,
    Level,
    Loss,
    Prorating,
    Recode,
    Rule,
    Scale,
)


class _Band(Table):
    label: Text
    low: Number
    high: Number


class _Prorating(Sourced):
    at_most_missing: Annotated[Whole, Field(ge=1)]


class _Level(Table):
    category: Name
    label: Text
    all: list[ConditionTable] = Field(default_factory=list)
    any: list[ConditionTable] = Field(default_factory=list)

    def to_level(self) -> Level:
        return Level(
            self.category,
            self.label,
            all=tuple(each.to_condition() for each in self.all),
            any=tuple(each.to_condition() for each in self.any),
        )


class _Recode(Table):
    items: Items
    points: dict[Annotated[int, Field(ge=0, le=LARGEST)], Whole]

    def to_recode(self) -> Recode:
        return Recode(tuple(self.items), tuple(self.points.items()))


class _Loss(Table):
    before: Name
    after: Name


class _Danger(Sourced):
    """Where it counts from is the scale's cut-off."""

    kind: DangerKind
    calls_for: Text

    def to_danger(self) -> Danger:
        return Danger(self.kind, self.calls_for, self.to_source())


class ScaleTable(Table):
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
    highest_of: list[Annotated[list[Name], Field(min_length=2)]] = Field(default_factory=list)
    recodes: list[_Recode] = Field(default_factory=list)
    rule_source: Sourced | None = None
    bands: list[_Band] = Field(default_factory=list)
    bands_source: Sourced | None = None
    cutoff: FigureTable | None = None
    remission: FigureTable | None = None
    response: FigureTable | None = None
    response_points: FigureTable | None = None
    response_from: FigureTable | None = None
    improved_level: FigureTable | None = None
    reliable_change: FigureTable | None = None
    target: FigureTable | None = None
    prorating: _Prorating | None = None
    levels: list[_Level] = Field(default_factory=list)
    categories: list[Name] = Field(default_factory=list)
    interludes: list[Name] = Field(default_factory=list)
    losses: list[_Loss] = Field(default_factory=list)
    losses_source: Sourced | None = None
    code: Text | None = None
    comparison: StrictBool = False
    profile: StrictBool = False
    newly_present: FigureTable | None = None
    risen_by: FigureTable | None = None
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
            rule_source=source_of(self.rule_source),
            bands=self._bands(),
            bands_source=source_of(self.bands_source),
            cutoff=figure_of(self.cutoff),
            remission=figure_of(self.remission),
            response=figure_of(self.response),
            response_points=figure_of(self.response_points),
            response_from=figure_of(self.response_from),
            improved_level=figure_of(self.improved_level),
            reliable_change=figure_of(self.reliable_change),
            target=figure_of(self.target),
            prorating=None
            if self.prorating is None
            else Prorating(self.prorating.at_most_missing, self.prorating.to_source()),
            levels=tuple(level.to_level() for level in self.levels),
            categories=tuple(level.category for level in self.levels) or tuple(self.categories),
            interludes=tuple(self.interludes),
            losses=tuple(Loss(loss.before, loss.after) for loss in self.losses),
            losses_source=source_of(self.losses_source),
            code=self.code,
            is_comparison=self.comparison,
            is_profile=self.profile,
            newly_present=figure_of(self.newly_present),
            risen_by=figure_of(self.risen_by),
            danger=None if self.danger is None else self.danger.to_danger(),
        )

    def _bands(self) -> tuple[Band, ...]:
        """Bands are written from low to high; severity counts from the healthy end."""
        last = len(self.bands) - 1
        return tuple(
            Band(band.label, band.low, band.high, position if self.better is Better.LOWER else last - position)
            for position, band in enumerate(self.bands)
        )
