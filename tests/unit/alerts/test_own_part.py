"""What is left of a safety alert's evidence without the answers of another record."""

from __future__ import annotations

from typing import Any

import pytest

from registry.alerts.parting import own_part

OURS, THEIRS = {"id": "ours", "item_id": "9"}, {"id": "theirs", "item_id": "9"}
WITHDRAWN = {"ours": {"9": {"corrected_to": "0"}}}
SELF_HARM, REPORTED = "safety.self-harm", "safety.reported"


@pytest.mark.parametrize(
    ("evidence", "left"),
    [
        ({"answers": [OURS, THEIRS], "screens": [THEIRS]}, (SELF_HARM, {"answers": [OURS], "screens": []})),
        (
            {"answers": [THEIRS], "also": [{"rule": REPORTED, "evidence": {"reports": [OURS]}}]},
            (REPORTED, {"reports": [OURS]}),
        ),
        (
            {"answers": [OURS], "also": [{"rule": REPORTED, "evidence": {"reports": [THEIRS]}}]},
            (SELF_HARM, {"answers": [OURS]}),
        ),
        (
            {"answers": [THEIRS], "taken_back": {"answers": [OURS, THEIRS], "withdrawn": WITHDRAWN | {"theirs": {}}}},
            (SELF_HARM, {"answers": [OURS], "withdrawn": WITHDRAWN}),
        ),
        ({"answers": [THEIRS], "also": [{"rule": REPORTED, "evidence": {"reports": [THEIRS]}}]}, None),
    ],
)
def test_an_alert_keeps_what_is_its_own_persons(
    evidence: dict[str, Any], left: tuple[str, dict[str, Any]] | None
) -> None:
    assert own_part(SELF_HARM, evidence, {"theirs"}) == left
