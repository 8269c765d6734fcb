"""From a row to what it asks to store, or the reason it cannot be. Pure: no database, and the clock is an argument."""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias

from registry.exchange.mapping import Answers, Coded, DateColumn, Mapping, NewPerson, ServiceDate, columns_in
from registry.exchange.reading import Malformed, SourceRow
from registry.measurements.rules import ImpossibleDate, NothingAnswered, check_content, check_date
from registry.measures.answers import DECLINED, Answer, ContradictoryAnswers, ImpossibleAnswer, answer_to_json
from registry.measures.instrument import Instrument
from registry.measures.scoring import ContradictedTotal, ImpossibleTotal, Scoring, check_declared, score, score_total
from registry.patients.facts import PatientFacts
from registry.patients.rules import INTERPRETER, fold_mrn

_WHOLE = re.compile(r"([+-]?[0-9]{1,6})(?:\.0+)?")
"""A whole number; programs that keep numbers as fractions write 1 as 1.0."""
_NUMBER = re.compile(r"[+-]?[0-9]{1,6}(?:\.[0-9]+)?")
_LONGEST_NAME = 200
_LONGEST_MRN = 64
_OLDEST = 130


@dataclass(frozen=True, slots=True)
class NewcomerFacts:
    """Who to add if the registry does not have them. ``is_estimated``: the birth date was worked out from an age."""

    facts: PatientFacts
    is_estimated: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """One administration a row asks to store. ``occasion`` tells it from the person's others in this source."""

    number: int
    mrn: str
    occasion: str
    taken_on: date
    answers: Map[str, int | str | None] | None
    total_only: int | None
    scoring: Scoring
    newcomer: NewcomerFacts | None
    raw: Sequence[str]

    @property
    def content(self) -> tuple[date, tuple[tuple[str, int | str | None], ...] | None, int | None]:
        """What two rows about one occasion are compared by."""
        answers = None if self.answers is None else tuple(sorted(self.answers.items()))
        return self.taken_on, answers, self.total_only


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is not stored, and why."""

    number: int
    reason: str
    raw: Sequence[str]


Judged: TypeAlias = Wish | Refusal


class UnfitRow(ValueError):
    """The row cannot be stored. The message says which column, and what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Judges the rows of one file. ``people``: key → columns of the people file; ``today`` is the clinic's."""

    mapping: Mapping
    instrument: Instrument
    today: date
    people: Map[str, Map[str, str]] | None = None

    def judge(self, row: SourceRow | Malformed) -> Judged:
        """What the row asks for, or why it is refused."""
        if isinstance(row, Malformed):
            return Refusal(row.number, row.reason, row.raw)
        try:
            return self._wish(row)
        except (
            UnfitRow, ImpossibleAnswer, ContradictoryAnswers, ImpossibleTotal, ContradictedTotal, ImpossibleDate,
            NothingAnswered,
        ) as unfit:  # fmt: skip
            return Refusal(row.number, _words(unfit), row.raw)

    def _wish(self, row: SourceRow) -> Wish:
        fields, mapping = row.fields, self.mapping
        mrn = record_number(mapping.person.mrn, fields)
        taken_on = service_date(mapping.date, fields)
        occasion = taken_on.isoformat()
        if mapping.occasion is not None:
            occasion = fields[mapping.occasion].strip()
            if not occasion:
                raise UnfitRow(f"{mapping.occasion} is empty")
        newcomer = self._newcomer(fields)
        check_date(taken_on, today=self.today, born_on=newcomer.facts.birth_date if newcomer else date.min)
        answers, total, scoring = self._content(fields)
        return Wish(
            number=row.number,
            mrn=mrn,
            occasion=occasion,
            taken_on=taken_on,
            answers=answers,
            total_only=total,
            scoring=scoring,
            newcomer=newcomer,
            raw=row.raw,
        )

    def _content(self, fields: Map[str, str]) -> tuple[Map[str, int | str | None] | None, int | None, Scoring]:
        declared = None if self.mapping.total is None else _total(self.mapping.total.column, fields)
        if not self.mapping.items:
            check_content(None, declared)
            return None, declared, score_total(self.instrument, declared or 0)
        answers: dict[str, Answer] = {
            item_id: _answer(column, fields[column], self.mapping.answers)
            for item_id, column in self.mapping.items.items()
        }
        check_content(answers, None)
        scoring = score(self.instrument, answers)
        if declared is not None:
            check_declared(scoring, declared)
        stored = {item.id: answer_to_json(answers.get(item.id)) for item in self.instrument.items}
        return stored, None, scoring

    def _newcomer(self, fields: Map[str, str]) -> NewcomerFacts | None:
        new = self.mapping.person.new
        if new is None:
            return None
        if self.mapping.people is not None and self.people is not None:
            key = fields[self.mapping.people.key].strip()
            if key not in self.people:
                raise UnfitRow(f"{self.mapping.people.file} has no row for {self.mapping.people.key} {key!r}")
            fields = {**self.people[key], **fields}
        return newcomer_facts(new, fields, mrn=record_number(self.mapping.person.mrn, fields))


def record_number(template: str, fields: Map[str, str]) -> str:
    """The record number as stored. Raises ``UnfitRow`` when a part of it is blank, or it is too long."""
    mrn = fold_mrn(_filled(template, fields))
    if len(mrn) > _LONGEST_MRN:
        raise UnfitRow(f"the record number is longer than {_LONGEST_MRN} characters")
    return mrn


def service_date(when: ServiceDate, fields: Map[str, str]) -> date:
    """The local date of service. Raises ``UnfitRow``."""
    if when.fixed is not None:
        return when.fixed
    if when.column is not None:
        return read_date(DateColumn(column=when.column, format=when.format), fields)
    if when.start is None or when.elapsed_days is None:
        raise ValueError("a service date needs a column, a fixed date or a start")
    text = fields[when.elapsed_days].strip()
    if not _NUMBER.fullmatch(text) or text.startswith("-"):
        raise UnfitRow(f"{when.elapsed_days} is {text!r}: expected days since {when.start.isoformat()}")
    try:
        return when.start + timedelta(days=int(text.partition(".")[0]))
    except OverflowError:
        raise UnfitRow(f"{when.elapsed_days} is {text!r}: no such date") from None


def read_date(column: DateColumn, fields: Map[str, str]) -> date:
    """The date of a column. Raises ``UnfitRow``."""
    text = fields[column.column].strip()
    try:
        if column.format == "%Y-%m-%d" and len(text) == 10:
            return date.fromisoformat(text)
        return datetime.strptime(text, column.format).date()  # noqa: DTZ007  # a local date of service has no zone
    except ValueError:
        raise UnfitRow(f"{column.column} is {text!r}: expected a date like {column.format}") from None


def newcomer_facts(new: NewPerson, fields: Map[str, str], *, mrn: str) -> NewcomerFacts:
    """Who the row is about. Raises ``UnfitRow``."""
    if new.birth_date is not None:
        born = read_date(new.birth_date, fields)
    elif new.age is not None and new.age_on is not None:
        born = born_about(_age(new.age, fields), on=new.age_on)
    else:
        raise ValueError("a newcomer needs a birth date or an age")
    sex = "unknown" if new.sex is None else _explained(new.sex, fields)
    needs_interpreter = None
    if new.interpreter is not None and fields[new.interpreter.column].strip():
        needs_interpreter = INTERPRETER[_explained(new.interpreter, fields)]
    return NewcomerFacts(
        PatientFacts(
            mrn=mrn,
            legal_given=_name(new.given, fields),
            legal_family=_name(new.family, fields),
            birth_date=born,
            sex=sex,
            needs_interpreter=needs_interpreter,
        ),
        is_estimated=new.birth_date is None,
    )


def _explained(coded: Coded, fields: Map[str, str]) -> str:
    """What the code in a row means. Raises ``UnfitRow``."""
    code = fields[coded.column].strip()
    if code not in coded.codes:
        raise UnfitRow(f"{coded.column} is {code!r}, which the mapping does not explain")
    return coded.codes[code]


def born_about(age: int, *, on: date) -> date:
    """The middle of the twelve months in which somebody was born who is ``age`` years old ``on`` that date.

    >>> born_about(30, on=date(2014, 12, 31))
    datetime.date(1984, 7, 2)
    """
    day = 28 if (on.month, on.day) == (2, 29) else on.day
    return on.replace(year=on.year - age, day=day) - timedelta(days=182)


def _answer(column: str, text: str, written: Answers) -> Answer:
    text = text.strip()
    if text in written.missing:
        return None
    if text in written.declined:
        return DECLINED
    return _whole(column, text) + written.offset


def _total(column: str, fields: Map[str, str]) -> int | None:
    text = fields[column].strip()
    return _whole(column, text) if text else None


def _whole(column: str, text: str) -> int:
    whole = _WHOLE.fullmatch(text)
    if whole is None:
        raise UnfitRow(f"{column} is {text[:40]!r}: expected a whole number")
    return int(whole[1])


def _age(column: str, fields: Map[str, str]) -> int:
    age = _whole(column, fields[column].strip())
    if not 0 <= age <= _OLDEST:
        raise UnfitRow(f"{column} is {age}: expected an age in years")
    return age


def _name(template: str, fields: Map[str, str]) -> str:
    name = _filled(template, fields)
    if len(name) > _LONGEST_NAME:
        raise UnfitRow(f"a name is longer than {_LONGEST_NAME} characters")
    return name


def _filled(template: str, fields: Map[str, str]) -> str:
    text = template
    for column in columns_in(template):
        value = fields[column].strip()
        if not value:
            raise UnfitRow(f"{column} is empty")
        if not value.isprintable():
            raise UnfitRow(f"{column} holds characters that cannot be shown")
        text = text.replace(f"{{{column}}}", value)
    return text


def date_words(error: ImpossibleDate) -> str:
    """Why a date cannot be, said of a file rather than of a form."""
    return f"impossible date: {str(error).removeprefix('Enter the date the form was completed').lstrip(':, ')}"


def _words(unfit: Exception) -> str:
    if isinstance(unfit, NothingAnswered):
        return "no item was answered, and there is no total"
    return date_words(unfit) if isinstance(unfit, ImpossibleDate) else str(unfit)
