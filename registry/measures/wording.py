"""The wording of an instrument in one language, kept apart from its scoring: a clinic's licensed text, a translation.

A wording names items and answers and says nothing else, so no wording can change a score.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from registry.measures.catalogue import Catalogue, UnknownInstrument
from registry.measures.definition import DefinitionError
from registry.measures.file_fields import LARGEST, Text
from registry.measures.file_reading import Unreadable, read_bytes, read_text, read_toml
from registry.measures.instrument import Choice, Instrument, Item
from registry.measures.scale import Source, Status
from registry.measures.toml_lines import Contradiction, line_of, said

FOLDER = "wordings"
"""Where wordings lie, inside a folder of instruments."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of one instrument in the words of one language.

    ``validation`` says how far this wording was tested, ``notice`` by what right it is used here.
    """

    instrument: str
    version: str
    language: str
    validation: Source
    notice: str
    lead: str | None
    items: Mapping[str, str]
    answers: Mapping[str, Mapping[int, str]]


def worded(instrument: Instrument, wording: Wording) -> Instrument:
    """The same instrument, the same scoring, in these words."""
    return replace(instrument, lead=wording.lead, items=tuple(_worded(item, wording) for item in instrument.items))


def read_wordings(folder: Path, catalogue: Catalogue) -> tuple[list[Wording], list[DefinitionError]]:
    """The wordings of one folder in the order of their files, and everything wrong with the others."""
    found: dict[tuple[str, str, str], Wording] = {}
    errors: list[DefinitionError] = []
    for path in sorted(folder.glob("*.toml")):
        wording, faults = _read(path, catalogue)
        errors += faults
        if wording is None:
            continue
        key = (wording.instrument, wording.version, wording.language)
        if key in found:
            errors.append(DefinitionError(path, None, "words the same version in the same language as another file"))
        found.setdefault(key, wording)
    return list(found.values()), errors


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Validation(_Table):
    source: Text
    status: Status


class _Item(_Table):
    text: Text
    answers: dict[Annotated[int, Field(ge=0, le=LARGEST)], Text] = {}


class _File(_Table):
    instrument: Text
    version: Text
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[a-z0-9]+)*$")]
    validation: _Validation
    notice: Text
    lead: Text | None = None
    items: dict[str, _Item]

    def to_wording(self) -> Wording:
        return Wording(
            instrument=self.instrument,
            version=self.version,
            language=self.language,
            validation=Source(self.validation.source, self.validation.status),
            notice=self.notice,
            lead=self.lead,
            items={item_id: item.text for item_id, item in self.items.items()},
            answers={item_id: item.answers for item_id, item in self.items.items() if item.answers},
        )


def _read(path: Path, catalogue: Catalogue) -> tuple[Wording | None, list[DefinitionError]]:
    try:
        text = read_text(read_bytes(path))
        parsed = read_toml(text)
    except Unreadable as problem:
        return None, [DefinitionError(path, problem.line, problem.reason)]
    try:
        wording = _File.model_validate(parsed).to_wording()
    except ValidationError as problem:
        faults = [(each["loc"], each["msg"]) for each in problem.errors()]
    else:
        faults = list(_contradictions(wording, catalogue))
        if not faults:
            return wording, []
    return None, [DefinitionError(path, line_of(text, place), said(place, reason)) for place, reason in faults]


def _contradictions(wording: Wording, catalogue: Catalogue) -> Iterator[Contradiction]:
    """Where a wording does not fit its instrument: it has words for every item, and for nothing else."""
    try:
        instrument = catalogue.get(wording.instrument, wording.version)
    except UnknownInstrument as unknown:
        yield ("instrument",), f"there is no instrument {unknown}"
        return
    for item_id in wording.items:
        if item_id not in instrument.items_by_id:
            yield ("items", item_id), "is no item of this instrument"
        else:
            for value in wording.answers.get(item_id, {}):
                if value not in instrument.usable_values[item_id]:
                    yield ("items", item_id, "answers"), f"{value} is no answer to this item"
    for item in instrument.items:
        if item.id not in wording.items:
            yield ("items",), f"item {item.id!r} has no words"


def _worded(item: Item, wording: Wording) -> Item:
    labels = wording.answers.get(item.id, {})
    return replace(
        item,
        text=wording.items[item.id],
        choices=tuple(_labelled(choice, labels) for choice in item.choices),
    )


def _labelled(choice: Choice, labels: Mapping[int, str]) -> Choice:
    return replace(choice, label=labels[choice.value]) if choice.value in labels else choice
