"""Consent taken back is told until it is given anew or the episode ends."""

from typing import Any

import pytest

from registry.alerts.rulebook import rule
from registry.alerts.snapshot import CaseSnapshot, EpisodeFacts, Phase, TransferFacts, WithdrawnConsent
from tests.unit.alerts.cases import case, day, episode, finding, on_ward, sentence, tier

RULE = "care.consent-withdrawn"


def withdrawn(on: int = 40, *, phase: EpisodeFacts | None = None, **facts: Any) -> CaseSnapshot:
    consent = WithdrawnConsent(day(on), "the person")
    return case(consent_withdrawn=consent, episode=episode() if phase is None else phase, **facts)


@pytest.mark.parametrize(
    ("why", "of", "on", "expected"),
    [
        ("the day before", withdrawn(), 39, None),
        ("the day it was taken back", withdrawn(), 40, "action"),
        ("as long as the episode goes on", withdrawn(), 400, "action"),
        ("given anew, or never taken back", case(), 40, None),
        ("in a pause", withdrawn(phase=episode(Phase.PAUSED, paused_until=day(120))), 40, "action"),
        ("on a ward", withdrawn(setbacks=(on_ward(30),)), 40, "action"),
        ("while maintaining", withdrawn(phase=episode(Phase.MAINTAINING)), 40, "action"),
        ("the episode has ended", withdrawn(phase=episode(Phase.ENDED)), 40, None),
        ("after a death", withdrawn(died_on=day(35)), 40, None),
        (
            "the clinic they come from answers",
            withdrawn(transfer=TransferFacts("Mill", True, day(30), day(33))),
            40,
            None,
        ),
    ],
)
def test_consent_taken_back_is_told_while_the_episode_goes_on(
    why: str, of: CaseSnapshot, on: int, expected: str | None
) -> None:
    assert tier(RULE, of, on) == expected, why


def test_the_care_manager_decides_and_the_lead_hears_of_what_nobody_takes_up() -> None:
    found = finding(RULE, withdrawn(), 43)

    assert found is not None
    assert found.audience == ("care_manager", "clinic_lead")
    assert rule(RULE).has_to_be_heard(found.evidence)
    assert sentence(RULE, withdrawn(), 43) == (
        "Consent taken back on 14 Feb 2026 (3 days ago) by the person: "
        "talk it over, then take consent anew or end the episode"
    )
