"""An address that was made once is the one Flask would make anew."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from flask import Flask, url_for

from registry.web.addresses import page_address

PATIENT, OTHER, EPISODE = uuid.UUID(int=7), uuid.UUID(int=8), uuid.UUID(int=9)


def _takes_ids_alone(app: Flask, endpoint: str) -> bool:
    (rule, *more) = app.url_map.iter_rules(endpoint)
    return not more and endpoint != "static" and rule.rule.count("<") == rule.rule.count("<uuid:")


@pytest.mark.parametrize("below", ["", "/registry"], ids=["at the root", "below a path"])
@pytest.mark.parametrize("words", [{}, {"q": "ä b&c=/?", "page": 2, "left_out": None}], ids=["bare", "with words"])
def test_an_address_is_that_of_flask(started_app: Flask, below: str, words: dict[str, Any]) -> None:
    """On the page of a person whose address names an episode, which is carried along to that person's pages alone."""
    page = f"/patients/{PATIENT}?episode={EPISODE}"
    endpoints = [each for each in started_app.view_functions if _takes_ids_alone(started_app, each)]

    with started_app.test_request_context(page, environ_overrides={"SCRIPT_NAME": below}):
        for endpoint in endpoints:
            (rule,) = started_app.url_map.iter_rules(endpoint)
            for whose in (PATIENT, OTHER):
                ids: dict[str, Any] = {name: whose if name == "patient_id" else uuid.uuid4() for name in rule.arguments}
                assert page_address(endpoint, **ids, **words) == url_for(endpoint, **ids, **words)

    assert len(endpoints) > 100


def test_a_path_that_holds_words_is_left_to_flask(started_app: Flask) -> None:
    with started_app.test_request_context("/"), pytest.raises(ValueError, match="more than ids"):
        page_address("plans.write", patient_id=PATIENT, plan_kind="safety")
