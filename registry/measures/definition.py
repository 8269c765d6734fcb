"""Reads one instrument file, checks it, and names the line that is wrong.

The format is described in ``instruments/README.md``.
"""

import hashlib
import tomllib
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    ValidationError,
)

from registry.measures.consistency import contradictions
from registry.measures.instrument import (
    Band,
    Better,
    Choice,
    Figure,
    Instrument,
    Item,
    Licence,
    Loss,
    Prorating,
    Rule,
    Scale,
    Shipping,
    Source,
    Status,
)
from registry.measures.toml_lines import Place, line_of, said, syntax_error


class DefinitionError(ValueError):
    """An instrument file that cannot be used. ``line`` counts from 1 and is None where no line is to blame."""

    def __init__(self, file: Path, line: int | None, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}" if line is not None else f"{file}: {reason}")
        self.file = file
        self.line = line
        self.reason = reason


def load(path: Path) -> Instrument:
    """The instrument ``path`` defines.

    Raises:
        DefinitionError: the first thing wrong with the file.
    """
    instrument, errors = _read(path)
    if instrument is None or errors:
        raise errors[0]
    return instrument


def errors_in(path: Path) -> list[DefinitionError]:
    """Everything wrong with one file; an empty list where ``load`` succeeds."""
    return _read(path)[1]


def content_hash(content: bytes) -> str:
    """The SHA-256 of a file, the same whether its lines end in LF or CRLF: it changes when the instrument does."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number")
    return Decimal(str(value))


Number = Annotated[Decimal, BeforeValidator(_number), Field(allow_inf_nan=False)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]

Fault = tuple[int | None, str]
"""The line to blame, counted from 1, and what is wrong there."""


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
    value: StrictInt
    label: Text
    score: StrictInt | None = None
    code: Text | None = None
    category: Name | None = None
    missing: StrictBool = False

    def to_choice(self) -> Choice:
        score = self.value if self.score is None else self.score
        return Choice(self.value, self.label, score, self.code, self.category, self.missing)


class _Safety(_Sourced):
    positive_from: StrictInt


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

    def to_item(self, choices: tuple[Choice, ...]) -> Item:
        return Item(
            choices=choices,
            safety_positive_from=None if self.safety is None else self.safety.positive_from,
            safety_source=_source(self.safety),
            **self.model_dump(exclude={"choices", "safety"}),
        )


class _Band(_Table):
    label: Text
    low: Number
    high: Number


class _Prorating(_Sourced):
    at_most_missing: Annotated[StrictInt, Field(ge=1)]


class _Loss(_Table):
    before: Name
    after: Name


class _Scale(_Table):
    id: Name
    name: Text
    items: Annotated[list[Name], Field(min_length=1)]
    rule: Rule
    better: Better = Better.LOWER
    minimum: Number | None = None
    maximum: Number | None = None
    floor: Number | None = None
    bands: list[_Band] = []
    bands_source: _Sourced | None = None
    cutoff: _Figure | None = None
    remission: _Figure | None = None
    response: _Figure | None = None
    response_from: _Figure | None = None
    improved_level: _Figure | None = None
    reliable_change: _Figure | None = None
    target: _Figure | None = None
    prorating: _Prorating | None = None
    categories: list[Name] = []
    interludes: list[Name] = []
    losses: list[_Loss] = []
    losses_source: _Sourced | None = None
    code: Text | None = None

    def to_scale(self) -> Scale:
        floor = self.floor if self.floor is not None else self.minimum
        return Scale(
            id=self.id,
            name=self.name,
            items=tuple(self.items),
            rule=self.rule,
            better=self.better,
            minimum=self.minimum,
            maximum=self.maximum,
            floor=Decimal(0) if floor is None else floor,
            bands=self._bands(),
            bands_source=_source(self.bands_source),
            cutoff=_figure(self.cutoff),
            remission=_figure(self.remission),
            response=_figure(self.response),
            response_from=_figure(self.response_from),
            improved_level=_figure(self.improved_level),
            reliable_change=_figure(self.reliable_change),
            target=_figure(self.target),
            prorating=None
            if self.prorating is None
            else Prorating(self.prorating.at_most_missing, self.prorating.to_source()),
            categories=tuple(self.categories),
            interludes=tuple(self.interludes),
            losses=tuple(Loss(loss.before, loss.after) for loss in self.losses),
            losses_source=_source(self.losses_source),
            code=self.code,
        )

    def _bands(self) -> tuple[Band, ...]:
        """Bands are written from low to high; severity counts from the healthy end."""
        last = len(self.bands) - 1
        return tuple(
            Band(band.label, band.low, band.high, position if self.better is Better.LOWER else last - position)
            for position, band in enumerate(self.bands)
        )


class _Cadence(_Sourced):
    days: Annotated[StrictInt, Field(ge=1)]


class _Licence(_Sourced):
    may_ship: Shipping
    notice: Text


class _File(_Table):
    id: Name
    version: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]*$")]
    title: Text
    short_title: Text
    domain: Name
    respondent: Literal["self", "clinician", "staff"]
    recall_days: Annotated[StrictInt, Field(ge=1)] | None = None
    modes: Annotated[
        list[Literal["paper", "device", "read-aloud", "interview", "clinician", "proxy"]], Field(min_length=1)
    ]
    languages: Annotated[list[Name], Field(min_length=1)]
    citations: list[Text]
    code: Text | None = None
    licence: _Licence
    cadence: _Cadence
    choices: dict[Name, Annotated[list[_Choice], Field(min_length=1)]]
    items: Annotated[list[_Item], Field(min_length=1)]
    scales: Annotated[list[_Scale], Field(min_length=1)]

    def to_instrument(self, *, content_hash: str) -> Instrument:
        choices = {name: tuple(each.to_choice() for each in group) for name, group in self.choices.items()}
        return Instrument(
            id=self.id,
            version=self.version,
            title=self.title,
            short_title=self.short_title,
            domain=self.domain,
            respondent=self.respondent,
            recall_days=self.recall_days,
            modes=tuple(self.modes),
            items=tuple(item.to_item(choices[item.choices]) for item in self.items),
            scales=tuple(scale.to_scale() for scale in self.scales),
            cadence_days=self.cadence.days,
            cadence_source=self.cadence.to_source(),
            licence=Licence(self.licence.may_ship, self.licence.notice, self.licence.to_source()),
            citations=tuple(self.citations),
            languages=tuple(self.languages),
            code=self.code,
            content_hash=content_hash,
        )


def _source(sourced: _Sourced | None) -> Source | None:
    return None if sourced is None else sourced.to_source()


def _figure(figure: _Figure | None) -> Figure | None:
    return None if figure is None else figure.to_figure()


def _read(path: Path) -> tuple[Instrument | None, list[DefinitionError]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        return None, [DefinitionError(path, None, f"cannot be read: {error.strerror}")]
    instrument, faults = _understand(path.name, content)
    return instrument, [DefinitionError(path, line, reason) for line, reason in faults]


@lru_cache(maxsize=128)
def _understand(name: str, content: bytes) -> tuple[Instrument | None, tuple[Fault, ...]]:
    """What a file of that name and content says. Kept, since a process reads the same files again and again."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, ((content.count(b"\n", 0, error.start) + 1, "is not UTF-8"),)
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, (syntax_error(text, error),)
    instrument, problems = _build(parsed, content_hash(content))
    if instrument is not None:
        problems = [*_misnamed(name, instrument), *contradictions(instrument)]
    return instrument, tuple((line_of(text, place), said(place, reason)) for place, reason in problems)


def _build(parsed: dict[str, Any], content_hash: str) -> tuple[Instrument | None, list[tuple[Place, str]]]:
    try:
        file = _File.model_validate(parsed)
    except ValidationError as error:
        return None, [(each["loc"], each["msg"]) for each in error.errors()]
    strays = [
        (("items", position, "choices"), f"there are no choices called {item.choices!r}")
        for position, item in enumerate(file.items)
        if item.choices not in file.choices
    ]
    return (None, list(strays)) if strays else (file.to_instrument(content_hash=content_hash), [])


def _misnamed(name: str, instrument: Instrument) -> list[tuple[Place, str]]:
    expected = {f"{instrument.id}.toml", f"{instrument.id}.v{instrument.version}.toml"}
    if name in expected:
        return []
    return [(("id",), f"a file that defines {instrument.id!r} is called {' or '.join(sorted(expected))}")]
