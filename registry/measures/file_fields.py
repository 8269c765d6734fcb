"""What the tables of an instrument file are made of: texts, names, numbers, and the source every number has."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, StringConstraints

from registry.measures.scale import Condition, Figure, Source, Status

LARGEST = 1_000_000
"""No number of any instrument is larger: what is, is a slip, and arithmetic on it would not end well."""


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


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sourced(Table):
    source: Text
    status: Status

    def to_source(self) -> Source:
        return Source(self.source, self.status)


class FigureTable(Sourced):
    value: Number

    def to_figure(self) -> Figure:
        return Figure(self.value, self.to_source())


class ConditionTable(Table):
    items: Items
    low: Whole | None = Field(None, alias="from")
    high: Whole | None = Field(None, alias="to")
    at_least: Annotated[Whole, Field(ge=1)] = 1

    def to_condition(self) -> Condition:
        return Condition(tuple(self.items), self.low, self.high, self.at_least)


def source_of(sourced: Sourced | None) -> Source | None:
    return None if sourced is None else sourced.to_source()


def figure_of(figure: FigureTable | None) -> Figure | None:
    return None if figure is None else figure.to_figure()
