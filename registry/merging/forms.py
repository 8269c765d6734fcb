"""Choosing the other record, and which of two values stands."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from wtforms import RadioField
from wtforms.validators import InputRequired, Length, Optional

from registry.merging.rules import KEPT, OTHER
from registry.web.form_fields import NO_VERSION, OpenedVersion, RegistryForm, choices, line, paragraph

WHY = "Say why, so that whoever reads the record of changes understands"


@dataclass(frozen=True, slots=True)
class Choice:
    """A field in which the two records differ, in words; ``guess`` is offered first."""

    name: str
    label: str
    kept: str
    other: str
    guess: str


class FindRecordForm(RegistryForm):
    mrn = line("MRN of the other record", required="Enter the MRN of the other record", longest=60)


class MergeForm(RegistryForm):
    """``version`` is that of the record that stays, ``other_version`` of the one merged into it."""

    other_version = OpenedVersion(validators=[Optional(), Length(max=12)])
    why = paragraph("Why they are the same person", required=WHY, longest=500)

    choice_names: tuple[str, ...] = ()

    @property
    def opened_versions(self) -> tuple[int, int]:
        """The versions of the two records as they were shown."""
        text = self.other_version.data or ""
        return self.opened_version, int(text) if text.isascii() and text.isdigit() else NO_VERSION

    @property
    def chosen(self) -> dict[str, str]:
        """Field → whose value stands."""
        return {name: self[name].data for name in self.choice_names}

    @classmethod
    def of(cls, differing: Sequence[Choice], versions: tuple[int, int]) -> MergeForm:
        """The form as sent, or as opened, with a question for every field in which the two differ."""
        fields: dict[str, object] = {each.name: _field(each) for each in differing}
        fields["choice_names"] = tuple(each.name for each in differing)
        asked: type[MergeForm] = type("MergeFormOfTwo", (cls,), fields)
        return asked(version=str(versions[0]), other_version=str(versions[1]))


def _field(choice: Choice) -> RadioField:
    return RadioField(
        choice.label,
        [InputRequired("Choose which of the two stands")],
        choices=choices([(KEPT, choice.kept), (OTHER, choice.other)]),
        default=choice.guess,
    )


GOES, STAYS = "goes", "stays"


@dataclass(frozen=True, slots=True)
class Asked:
    """Something entered since a merge of which nothing tells whom it was meant for."""

    row_id: uuid.UUID
    words: str
    goes: str
    stays: str


class UndoMergeForm(RegistryForm):
    why = paragraph("Why the merge is undone", required=WHY, longest=500)

    asked: tuple[tuple[str, uuid.UUID], ...] = ()
    """Names of the questions, each with the row it is about."""

    @property
    def said(self) -> dict[uuid.UUID, bool]:
        """Row → whether it goes."""
        return {row_id: self[name].data == GOES for name, row_id in self.asked}

    @classmethod
    def of(cls, asked: Sequence[Asked], version: int) -> UndoMergeForm:
        """The form as sent, or as opened, with a question for everything nobody can tell."""
        names = [(f"whose_{each.row_id.hex}", each) for each in asked]
        fields: dict[str, object] = {name: _whose(each) for name, each in names}
        fields["asked"] = tuple((name, each.row_id) for name, each in names)
        made: type[UndoMergeForm] = type("UndoMergeFormOfTwo", (cls,), fields)
        return made(version=str(version))


def _whose(asked: Asked) -> RadioField:
    return RadioField(
        asked.words,
        [InputRequired("Say whose it is: ask whoever entered it")],
        choices=choices([(GOES, asked.goes), (STAYS, asked.stays)]),
    )
