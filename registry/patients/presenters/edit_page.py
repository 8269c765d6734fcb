"""A page with a form about one person, and what a colleague saved while it was open."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from registry.web.form_fields import RegistryForm
from registry.web.withdraw_form import MARK, STAYS, WithdrawForm

if TYPE_CHECKING:
    from registry.patients.presenters.person import IdentityHeader


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of which two people hold different values."""

    field: str
    theirs: str
    yours: str


def differing(pairs: Iterable[tuple[str, str, str]]) -> tuple[Difference, ...]:
    """Of fields with the words of the one and of the other, those that differ."""
    return tuple(
        Difference(label, left or "nothing", right or "nothing") for label, left, right in pairs if left != right
    )


@dataclass(frozen=True, slots=True)
class OtherClinic:
    """The same form, opened at another clinic that has the person in care."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class AtClinic:
    """What ``components/at_clinic.html`` prints. ``name`` is empty for whoever works at one clinic."""

    id: uuid.UUID
    name: str = ""
    others: Sequence[OtherClinic] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EditPage:
    """A form about one person. ``conflict`` is where a colleague's saved entry differs from what was typed.

    ``at`` is the clinic at which something new is stored; an entry on record stays with the clinic that made it.
    """

    title: str
    patient: IdentityHeader
    form: RegistryForm
    back_url: str
    subtitle: str = ""
    at: AtClinic | None = None
    conflict: Sequence[Difference] = ()
    conflict_by: str = "a colleague"

    @property
    def has_errors(self) -> bool:
        return bool(self.form.errors)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFormPage(EditPage):
    """One form about one person, as ``layouts/person_form.html`` prints it.

    ``action_url`` is empty where the form is sent to the address it was opened at; ``is_grave`` where its button warns.
    """

    save: str
    action_url: str = ""
    intro: str = ""
    is_grave: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedFormPage(PersonFormPage):
    """One about something of a day, at the earliest the birth, at the latest today."""

    today: date
    born_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawPage(PersonFormPage):
    """Marking an entry as entered in error, as ``patients/withdraw.html`` prints it.

    ``facts`` say which entry it is, ``warnings`` what does not come back with it.
    """

    form: WithdrawForm
    save: str = MARK
    intro: str = STAYS
    is_grave: bool = True
    facts: Sequence[Mapping[str, str]] = ()
    warnings: Sequence[str] = ()
