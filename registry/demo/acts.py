"""What happens to an invented person, each thing with its local day and time.

An act of the core (here) is carried out in ``registry.demo.deeds`` and written down in ``registry.demo.crowd.history``;
one of a feature stands in a module of its own (``registry.demo.questions``) and brings both along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import TYPE_CHECKING, Literal

from registry.contacts.facts import ContactFacts
from registry.episodes.facts import ConsentFacts, TargetWish, Tracking
from registry.measures.answers import Answer

if TYPE_CHECKING:
    from registry.demo.crowd.history import History
    from registry.demo.deeds import Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that is done on a local day at a local time, by somebody with this place in the team."""

    on: date
    at: time
    by: str = "care_manager"

    def do(self, chart: Chart) -> None:
        """Carry it out by the product's own action, inside ``write()`` and with the clock at its instant."""
        raise TypeError(f"nobody knows how to do a {type(self).__name__}")

    def write_down(self, history: History) -> None:
        """Write the rows its action would have left behind. Pure."""
        raise TypeError(f"nobody knows how to write down a {type(self).__name__}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral(Act):
    """The person is referred; at first contact with the organisation also added. ``clinic`` 0 or 1."""

    clinic: int
    source: str
    urgency: str = "routine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment(Act):
    """Care begins. ``team``: place → who takes it there (a role) or, after ``name:``, somebody without an account."""

    phase: str
    conditions: tuple[str, ...]
    metric_primary: str
    tracked: tuple[Tracking, ...]
    targets: tuple[TargetWish, ...]
    team: Mapping[str, str]
    capacity: bool = True
    consent_mode: str = "written"

    def consent(self, *, taken_by: str) -> ConsentFacts:
        """The agreement the person, or their guardian, gives on this day."""
        return ConsentFacts(
            given_on=self.on,
            mode=self.consent_mode,
            taken_by=taken_by,
            given_by="patient" if self.capacity else "Guardian, appointed by the court",
            has_capacity=self.capacity,
            cost_sharing_told=True,
        )


Fate = Literal["", "draft", "corrected", "in-error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form somebody filled in on ``taken_on``. ``fate``: what becomes of the entry later."""

    instrument: str
    taken_on: date
    mode: str
    answers: Mapping[str, Answer] | None = None
    total_only: int | None = None
    language: str = ""
    used_interpreter: bool = False
    is_rated: bool = False
    fate: Fate = ""
    rightly: Mapping[str, Answer] | None = None
    """What a corrected form should have said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit(Act):
    """A contact or an attempt, and the forms filled in then (or entered then)."""

    contact: ContactFacts | None
    forms: tuple[Form, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseChange(Act):
    """To another phase; a pause says until when."""

    phase: str
    why: str
    paused_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending(Act):
    """The end of the episode. The reason ``died`` is a death."""

    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Danger(Act):
    """A report of danger; its fields are those of ``contacts.actions.report_danger``."""

    kind: str
    said_by: str
    words: str
    done: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetChange(Act):
    """A new target for a tracked scale."""

    wish: TargetWish


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamChange(Act):
    """A place in the team goes to somebody else. ``who``: a role; after ``other:`` not the person there now."""

    place: str
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Life:
    """All that is planned for one person, in order."""

    number: int
    acts: tuple[Act, ...] = field(default=())
