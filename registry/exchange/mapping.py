"""What the columns of a file mean: one small TOML file, checked, each error with its line.

The format is described in ``docs/import.md``.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StringConstraints, ValidationError, model_validator

from registry.episodes.rules import CONDITIONS
from registry.measures.catalogue import Catalogue, UnknownInstrument, UnknownScale
from registry.measures.instrument import Instrument, Item
from registry.measures.toml_lines import Place, line_of, said, syntax_error
from registry.patients.rules import INTERPRETER, SEXES

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Mode = Literal["self-paper", "self-device", "read-aloud", "interview", "clinician", "proxy", "imported"]

_COLUMN = re.compile(r"\{([^{}]+)\}")
_AMBIGUOUS = ("%y", "%z", "%Z", "%s", "%c", "%x")


class MappingError(ValueError):
    """A mapping that cannot be used. ``line`` counts from 1 and is None where no line is to blame."""

    def __init__(self, file: Path, line: int | None, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}" if line is not None else f"{file}: {reason}")
        self.line = line
        self.reason = reason


def columns_in(template: str) -> tuple[str, ...]:
    """The columns a template such as ``"CESD-{id}"`` is filled from."""
    return tuple(_COLUMN.findall(template))


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    def columns(self) -> Iterator[str]:
        """The columns of the file this part reads."""
        yield from ()


class DateColumn(_Table):
    """A column of dates. ``format`` as in Python's ``strptime``; the date is the local date of service."""

    column: Text
    format: Text = "%Y-%m-%d"

    @model_validator(mode="after")
    def _is_certain(self) -> Self:
        for code in _AMBIGUOUS:
            if code in self.format:
                raise ValueError(f"{code} leaves the date in doubt: give a full local date")
        has_month = any(code in self.format for code in ("%m", "%b", "%B"))
        if "%d" not in self.format or "%Y" not in self.format or not has_month:
            raise ValueError("must hold day, month and year, such as %d/%m/%Y")
        return self

    def columns(self) -> Iterator[str]:
        yield self.column


class ServiceDate(_Table):
    """When each row was completed: a column, one date for all, or whole days elapsed since a date."""

    column: Text | None = None
    format: Text = "%Y-%m-%d"
    fixed: date | None = None
    start: date | None = None
    elapsed_days: Text | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        ways = (self.column is not None, self.fixed is not None, self.start is not None)
        if sum(ways) != 1 or (self.start is None) != (self.elapsed_days is None):
            raise ValueError("say one of: column (with format), fixed, or start with elapsed_days")
        if self.column is not None:
            DateColumn(column=self.column, format=self.format)
        return self

    def columns(self) -> Iterator[str]:
        yield from (each for each in (self.column, self.elapsed_days) if each is not None)


class Coded(_Table):
    """A column of codes, and what each means here."""

    column: Text
    codes: dict[str, Text]

    def columns(self) -> Iterator[str]:
        yield self.column


class NewPerson(_Table):
    """How to add people the registry does not have; names are templates such as ``"Participant"`` or ``"{id}"``."""

    given: Text
    family: Text
    birth_date: DateColumn | None = None
    age: Text | None = None
    age_on: date | None = None
    sex: Coded | None = None
    interpreter: Coded | None = None
    """Whether one is needed; a cell left empty says that nobody asked."""

    @model_validator(mode="after")
    def _knows_when_born(self) -> Self:
        if (self.birth_date is None) == (self.age is None) or (self.age is None) != (self.age_on is None):
            raise ValueError("say birth_date, or age with age_on")
        unknown = set() if self.sex is None else set(self.sex.codes.values()) - set(SEXES)
        if unknown:
            raise ValueError(f"sex is one of {', '.join(SEXES)}, not {', '.join(sorted(unknown))}")
        if self.interpreter is not None and not set(self.interpreter.codes.values()) <= INTERPRETER.keys():
            raise ValueError("interpreter is one of yes, no; an empty cell says that nobody asked")
        return self

    def columns(self) -> Iterator[str]:
        yield from (*columns_in(self.given), *columns_in(self.family))
        yield from self.birth_date.columns() if self.birth_date else ()
        yield from self.sex.columns() if self.sex else ()
        yield from self.interpreter.columns() if self.interpreter else ()
        if self.age is not None:
            yield self.age


class Person(_Table):
    """Who the row is about: the record number, and whether people not in the registry are added."""

    mrn: Text
    new: NewPerson | None = None

    @model_validator(mode="after")
    def _differs_by_person(self) -> Self:
        if not columns_in(self.mrn):
            raise ValueError('mrn names no column: write it like "{id}"')
        return self


class People(_Table):
    """A second file, beside the first, with one row per person; its columns are joined by ``key``."""

    file: Text
    key: Text


class Answers(_Table):
    """How answers are written: codes of no answer and of a refusal; ``offset`` is added to every number."""

    missing: list[str] = ["", "NA"]
    declined: list[str] = []
    offset: StrictInt = 0


class Total(_Table):
    """A column with the instrument's total: checked against the items, or stored alone where there are none."""

    column: Text

    def columns(self) -> Iterator[str]:
        yield self.column


class Consented(_Table):
    """The consent to collaborative care that enrolment stands on, given on the day of enrolment."""

    mode: Literal["written", "verbal", "electronic"]
    taken_by: Text


class Enrolment(_Table):
    """Enrol people without an episode at the clinic, from the day of their first row."""

    metric_primary: Text
    conditions: Annotated[list[Text], Field(min_length=1)]
    consent: Consented
    cadence_days: Annotated[StrictInt, Field(ge=1, le=730)] | None = None
    care_manager: Text | None = None

    @model_validator(mode="after")
    def _knows_the_conditions(self) -> Self:
        unknown = set(self.conditions) - set(CONDITIONS)
        if unknown:
            raise ValueError(f"conditions are {', '.join(CONDITIONS)}, not {', '.join(sorted(unknown))}")
        return self


class Mapping(_Table):
    """One kind of file."""

    source: Name
    instrument: Name
    version: Text | None = None
    clinic: Text | None = None
    mode: Mode = "imported"
    language: str = ""
    person: Person
    people: People | None = None
    date: ServiceDate
    occasion: Text | None = None
    items: dict[Name, Text] = {}
    answers: Answers = Answers()
    total: Total | None = None
    enrol: Enrolment | None = None

    @model_validator(mode="after")
    def _has_content(self) -> Self:
        if not self.items and self.total is None:
            raise ValueError("say which columns hold the items, or which one the total")
        return self

    def columns(self) -> Iterator[str]:
        """Every column read from the file or, for identity, from the people file."""
        yield from columns_in(self.person.mrn)
        yield from self.date.columns()
        yield from self.items.values()
        yield from self.total.columns() if self.total else ()
        if self.occasion is not None:
            yield self.occasion

    def identity_columns(self) -> Iterator[str]:
        """The columns that tell who a new person is: in the file itself, or in the people file."""
        yield from self.person.new.columns() if self.person.new else ()


@dataclass(frozen=True, slots=True)
class MappingFile:
    """A mapping that was read, with the text its errors point into."""

    path: Path
    text: str
    mapping: Mapping

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def wrong(self, place: Place, reason: str) -> MappingError:
        """An error at the line that states ``place``."""
        return MappingError(self.path, line_of(self.text, place), said(place, reason))


def load(path: Path) -> MappingFile:
    """Read a mapping. Raises ``MappingError``: the first thing wrong with it."""
    text = ""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        parsed = tomllib.loads(text)
    except OSError as error:
        raise MappingError(path, None, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise MappingError(path, None, "is not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise MappingError(path, *syntax_error(text, error)) from None
    try:
        return MappingFile(path, text, Mapping.model_validate(parsed))
    except ValidationError as error:
        first = error.errors()[0]
        place = first["loc"]
        raise MappingError(path, line_of(text, place), said(place, first["msg"])) from None


def find_instrument(file: MappingFile, catalogue: Catalogue) -> Instrument:
    """The instrument the mapping fills. Raises ``MappingError`` where the two do not fit."""
    mapping = file.mapping
    try:
        instrument = catalogue.get(mapping.instrument, mapping.version)
    except UnknownInstrument as error:
        raise file.wrong(("instrument",), f"there is no instrument {error}") from None
    items = {item.id: item for item in instrument.items}
    for item_id in mapping.items:
        if item_id not in items:
            raise file.wrong(("items", item_id), f"{instrument.short_title} has items {', '.join(items)}")
    for item in items.values() if mapping.items else ():
        if not item.optional and item.id not in mapping.items:
            raise file.wrong(("items",), f"no column is named for item {item.id}")
    _refuse_double_meaning(file, [items[item_id] for item_id in mapping.items])
    if mapping.total is not None and not instrument.primary_scale.has_total:
        raise file.wrong(("total",), f"{instrument.short_title} has no total")
    _refuse_untrackable(file, catalogue)
    return instrument


def _refuse_double_meaning(file: MappingFile, items: list[Item]) -> None:
    """A code of no answer must not be an answer too: it would turn a score into nothing."""
    answers = file.mapping.answers
    for kind, codes in (("missing", answers.missing), ("declined", answers.declined)):
        for code in codes:
            number = int(code) + answers.offset if re.fullmatch(r"-?[0-9]{1,6}", code) else None
            taken = next((item for item in items if number is not None and item.choice(number)), None)
            if taken is not None:
                raise file.wrong(("answers", kind), f"{code} is an answer to item {taken.id}")
    both = set(answers.missing) & set(answers.declined)
    if both:
        raise file.wrong(("answers", "declined"), f"{', '.join(sorted(both))} cannot be both missing and declined")


def _refuse_untrackable(file: MappingFile, catalogue: Catalogue) -> None:
    enrol = file.mapping.enrol
    if enrol is None:
        return
    try:
        scale: Any = catalogue.scale(enrol.metric_primary)
    except UnknownScale:
        raise file.wrong(("enrol", "metric_primary"), f"there is no scale {enrol.metric_primary}") from None
    if not scale.has_total:
        raise file.wrong(("enrol", "metric_primary"), f"{enrol.metric_primary} has no total to follow")
