"""Who holds which place in the team of an invented person, and who does an act. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

from registry.demo.acts import Enrolment, TeamChange

_NAMED, _OTHER = "name:", "other:"
_PLACES = {"psychiatrist": "consultant", "peer_specialist": "peer"}
"""The place in the team that somebody of this role holds, where it is not called the same."""


Worker = TypeVar("Worker")
"""However the caller keeps somebody on the staff."""


class CareTeam(Generic[Worker]):
    """The team of one episode. ``clinics_own`` gives the clinic's person of a role: each patient keeps the same one."""

    def __init__(self, clinics_own: Callable[[str], Worker]) -> None:
        self._clinics_own = clinics_own
        self._held: dict[str, Worker] = {}
        self.outside_prescriber = ""
        """Who prescribes without an account here."""

    def begin(self, act: Enrolment) -> None:
        """Everybody with an account takes the place the enrolment gives them."""
        self._held = {place: self.who(who) for place, who in act.team.items() if not who.startswith(_NAMED)}
        prescriber = act.team.get("prescriber", "")
        self.outside_prescriber = prescriber.removeprefix(_NAMED) if prescriber.startswith(_NAMED) else ""

    def places(self, act: Enrolment) -> Iterator[tuple[str, Worker | None, str]]:
        """Each place of the enrolment with who has taken it, or the name of somebody without an account."""
        for place, who in act.team.items():
            yield place, self._held.get(place), who.removeprefix(_NAMED) if who.startswith(_NAMED) else ""

    def member(self, place: str) -> Worker | None:
        """Who holds a place, None where nobody with an account does."""
        return self._held.get(place)

    def who(self, role: str) -> Worker:
        """The team's person in this role, else the clinic's."""
        held = self._held.get(_PLACES.get(role, role))
        return held or self._clinics_own(role)

    def visitor(self, role: str) -> Worker:
        """Who sees the person: a peer specialist only where the team has one, else the care manager."""
        return self.who(role if role != "peer_specialist" or "peer" in self._held else "care_manager")

    def hand_over(self, act: TeamChange, staff: Callable[[str], Sequence[Worker]], *, number: int) -> Worker | None:
        """Give the place to another of the clinic's ``staff`` of that role; None where there is nobody else."""
        present = self._held.get(act.place)
        others = [each for each in staff(act.who.removeprefix(_OTHER)) if each != present]
        if not others:
            return None
        self._held[act.place] = others[number % len(others)]
        return self._held[act.place]
