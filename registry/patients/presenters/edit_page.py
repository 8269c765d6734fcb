"""A page with a form about one person, and what a colleague saved while it was open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.web.form_fields import RegistryForm

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


@dataclass(frozen=True, slots=True, kw_only=True)
class EditPage:
    """A form about one person. ``changes`` is where a colleague's saved entry differs from what was typed."""

    title: str
    patient: IdentityHeader
    form: RegistryForm
    cancel_url: str
    changes: tuple[Difference, ...] = ()
    changed_by: str = "a colleague"

    @property
    def has_errors(self) -> bool:
        return bool(self.form.errors)
