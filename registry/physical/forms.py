"""Entering observations: one form for all that was found on a day, and the same for one that is corrected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

from wtforms import SelectField
from wtforms.fields import Field
from wtforms.validators import InputRequired, Optional

from registry.physical.catalogue import Kind, catalogue
from registry.physical.facts import ObservationFacts
from registry.physical.models import Observation
from registry.physical.rules import SOURCES, impossible
from registry.web.form_fields import (
    FiniteDecimal,
    LocalDate,
    NotAfter,
    NotBefore,
    RegistryForm,
    TwoPlaces,
    choices,
    line,
)

NOTHING = "Enter at least one value"


class ObservationForm(RegistryForm):
    """What was found on one day, and who says so. Fields of the kinds are added by ``form_for``.

    ``why`` is there only where an earlier entry is corrected.
    """

    kinds: Sequence[Kind] = ()
    taken_on = LocalDate(
        "Taken on",
        [
            InputRequired("Enter the date"),
            NotAfter(lambda form: form.today, "Enter a date not later than today ({limit})"),
            NotBefore(lambda form: form.born_on, "Enter a date after the person's birth ({limit})"),
        ],
        description="The day it was taken, not that of the report",
    )
    source = SelectField(
        "Where is it from?",
        [InputRequired("Choose where it is from")],
        choices=[*choices({"": "Choose"}), *choices(SOURCES)],
    )
    words = line("Note")
    why = line("Why is it corrected?", required="Say why the entry is corrected")

    def __init__(self, *args: Any, today: date, born_on: date, is_correction: bool = False, **values: Any) -> None:
        self.today, self.born_on = today, born_on
        super().__init__(*args, **values)
        if not is_correction:
            del self.why

    def validate(self, extra_validators: Any = None) -> bool:
        """Beside the fields: what belongs together is there together, and possible."""
        is_valid = bool(super().validate(extra_validators))
        mistaken = [kind for kind in self.kinds if not self._check(kind)]
        if is_valid and not mistaken and not self._entered():
            self.taken_on.errors = [*self.taken_on.errors, NOTHING]
            return False
        return is_valid and not mistaken

    def facts(self) -> list[ObservationFacts]:
        """What was entered. Raises ``ValueError`` on a form that was not validated."""
        return [self._facts(kind) for kind in self._entered()]

    def _facts(self, kind: Kind) -> ObservationFacts:
        is_value = bool(kind.units)
        return ObservationFacts(
            kind=kind.key,
            taken_on=self.taken_on.day,
            source=self.source.data,
            value=self[kind.key].data if is_value else None,
            second=self[second_name(kind)].data if kind.second else None,
            unit=self[unit_name(kind)].data if is_value else "",
            choice="" if is_value else self[kind.key].data,
            words=self.words.data or "",
        )

    def _entered(self) -> list[Kind]:
        return [kind for kind in self.kinds if any(_is_filled(each) for each in self._values_of(kind))]

    def _values_of(self, kind: Kind) -> Iterator[Field]:
        yield self[kind.key]
        if kind.second:
            yield self[second_name(kind)]

    def _check(self, kind: Kind) -> bool:
        """Say beside its field what is wrong with a value, and whether nothing is."""
        fields = list(self._values_of(kind))
        if not kind.units or not any(_is_filled(each) for each in fields):
            return True
        wrong = next((field for field in fields if field.errors), None)
        if wrong is not None:
            return False
        message, field = self._mistake(kind, fields)
        if message:
            field.errors = [*field.errors, message]
        return not message

    def _mistake(self, kind: Kind, fields: Sequence[Field]) -> tuple[str, Field]:
        unit = self[unit_name(kind)].data
        for field in fields:
            if field.data is None:
                return f"Enter both values of {kind.name.lower()}", field
            if unit and (message := impossible(kind, field.data, unit)):
                return message, field
        if not unit:
            return "Choose the unit: it is never guessed", self[unit_name(kind)]
        if len(fields) > 1 and fields[1].data >= fields[0].data:
            return "Enter the upper value first", fields[0]
        return "", fields[0]


def _is_filled(field: Field) -> bool:
    """Whether anybody entered something, a slip among it."""
    return field.data not in {None, ""} or bool(field.errors)


def unit_name(kind: Kind) -> str:
    """The field of a kind's unit."""
    return f"{kind.key}-unit"


def second_name(kind: Kind) -> str:
    """The field of a kind's second value."""
    return f"{kind.key}-second"


_VALUE = [Optional(), TwoPlaces("Enter a value with at most two decimal places")]


@cache
def form_for(key: str = "") -> type[ObservationForm]:
    """The form over one kind, or over all of them."""
    known = catalogue().kinds
    kinds = [known[key]] if key else list(known.values())
    fields = {name: field for kind in kinds for name, field in _fields(kind)}
    return type("ObservationFormOver", (ObservationForm,), {"kinds": tuple(kinds), **fields})


def _fields(kind: Kind) -> Iterator[tuple[str, Any]]:
    if kind.choices:
        yield (
            kind.key,
            SelectField(kind.name, choices=[*choices({"": "Not entered"}), *choices(kind.choices)], default=""),
        )
        return
    yield kind.key, FiniteDecimal(kind.name, _VALUE, places=None)
    if kind.second:
        yield second_name(kind), FiniteDecimal(kind.second, _VALUE, places=None)
    units = list(kind.units)
    offered = choices([(each, each) for each in units])
    only = units[0] if len(units) == 1 else ""
    yield (
        unit_name(kind),
        SelectField(
            f"Unit of {kind.name}",
            choices=offered if only else [*choices({"": "Unit"}), *offered],
            default=only,
        ),
    )


def values_of(observation: Observation) -> dict[str, Any]:
    """What the form shows of an observation."""
    kind = catalogue().kinds[observation.kind]
    shown: dict[str, Any] = {
        "taken_on": observation.taken_on,
        "source": observation.source,
        "words": observation.words,
        kind.key: observation.choice or observation.value,
    }
    if kind.units:
        shown[unit_name(kind)] = observation.unit
    if kind.second:
        shown[second_name(kind)] = observation.second
    return shown
