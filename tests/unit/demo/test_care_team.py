"""Who holds which place in the team of an invented person."""

from __future__ import annotations

from datetime import date, time

from registry.demo.acts import Enrolment, TeamChange
from registry.demo.care_team import CareTeam

ON, AT = date(2026, 3, 2), time(10)
STAFF = {"care_manager": ["Grace", "Peter"], "psychiatrist": ["Dr. Merchant"]}


def _team(**places: str) -> CareTeam[str]:
    team = CareTeam[str](lambda role: STAFF.get(role, [role])[0])
    team.begin(
        Enrolment(
            on=ON,
            at=AT,
            phase="active",
            conditions=("major-depression",),
            metric_primary="phq-9:total",
            tracked=(),
            targets=(),
            team=places,
        )
    )
    return team


def test_a_place_is_held_by_the_clinics_person_of_the_role() -> None:
    assert _team(care_manager="care_manager").member("care_manager") == "Grace"


def test_somebody_without_an_account_holds_a_place_by_name() -> None:
    team = _team(prescriber="name:Dr. Marchetti")
    assert team.member("prescriber") is None
    assert team.outside_prescriber == "Dr. Marchetti"


def test_the_care_manager_visits_where_the_team_has_no_peer_specialist() -> None:
    assert _team(care_manager="care_manager").visitor("peer_specialist") == "Grace"
    assert _team(peer="peer_specialist").visitor("peer_specialist") == "peer_specialist"


def test_a_place_goes_to_another_person_and_stays_where_there_is_none() -> None:
    team = _team(care_manager="care_manager", consultant="psychiatrist")
    change = TeamChange(on=ON, at=AT, place="care_manager", who="other:care_manager", why="Left the clinic")
    assert team.hand_over(change, STAFF.__getitem__, number=0) == "Peter"
    assert team.who("care_manager") == "Peter"
    change = TeamChange(on=ON, at=AT, place="consultant", who="other:psychiatrist", why="Left the clinic")
    assert team.hand_over(change, STAFF.__getitem__, number=0) is None
    assert team.who("psychiatrist") == "Dr. Merchant"
