"""Answers in, scores out, a line each: whatever a line holds, it brings a line and stops no other."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.exchange.score_lines import LONGEST_LINE, read_lines, score_lines
from registry.measures.catalogue import Catalogue
from tests.fhir_samples import EVERY_RULE, SHIPPED

CATALOGUE = Catalogue([*SHIPPED.versions(), EVERY_RULE])


def lines(*written: bytes | str | dict[str, Any]) -> list[dict[str, Any]]:
    """What the lines come to."""
    content = b"\n".join(
        each if isinstance(each, bytes) else (each if isinstance(each, str) else json.dumps(each)).encode()
        for each in written
    )
    told = list(score_lines(read_lines(io.BytesIO(content)), CATALOGUE))
    json.dumps(told, allow_nan=False)
    return told


def reason(*written: bytes | str | dict[str, Any]) -> str:
    """Why the one line is refused."""
    (told,) = lines(*written)
    return str(told["error"]["reason"])


def phq9(*answers: object) -> dict[str, Any]:
    return {"instrument": "phq-9", "answers": list(answers)}


def test_complete_answers_in_the_order_of_the_paper() -> None:
    assert lines(phq9(3, 3, 3, 1, 0, 0, 0, 0, 1, 2)) == [
        {
            "instrument": "phq-9",
            "version": "1",
            "scores": {"total": {"value": 11, "band": "moderate", "prorated": False}},
            "missing": [],
            "safety": [{"item": "9", "value": 1, "state": "positive"}],
        }
    ]


def test_answers_by_item_say_the_same() -> None:
    by_item = {"instrument": "phq-9", "version": "1", "answers": {str(number): 1 for number in range(1, 10)}}

    assert lines(by_item) == lines(phq9(*[1] * 9))


def test_a_missing_item_withholds_the_total_and_says_why() -> None:
    (told,) = lines(phq9(1, 2, 3, 0, 1, None, 2, 3, "declined"))

    assert told["scores"]["total"] == {
        "value": None,
        "band": None,
        "prorated": False,
        "reason": "items 6, 9 have no answer",
    }
    assert told["missing"] == ["6", "9"]
    assert told["safety"] == [{"item": "9", "value": None, "state": "unknown"}]


def test_a_prorated_score_is_marked() -> None:
    (told,) = lines({"instrument": "asrm", "answers": [1, 1, 1, 1, None]})

    assert told["scores"]["total"]["prorated"]
    assert told["missing"] == ["5"]


def test_numbers_are_whole_where_they_are_and_decimals_without_noise_where_not() -> None:
    answers = {"a": 0, "b": 2, "c": 1, "lines": 10, "gate": 0}
    content = json.dumps(lines({"instrument": "every-rule", "answers": answers})[0]["scores"])

    assert '"mean": {"value": 0.33,' in content
    assert '"factor": {"value": 2.7,' in content
    assert '"doubled": {"value": 0,' in content


def test_a_category_says_its_name_and_its_words() -> None:
    (told,) = lines({"instrument": "every-rule", "answers": {"days": 25, "home": 8}})

    assert told["scores"]["risk"] == {
        "value": None,
        "band": None,
        "prorated": False,
        "category": "high",
        "label": "high risk",
    }
    assert told["scores"]["home"]["category"] == "homeless"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("x", "the line is not JSON: Expecting value at character 1"),
        ('{"instrument": "phq-9"', "the line is not JSON"),
        ("[1]", "the line is not an object"),
        ("null", "the line is not an object"),
        (b"\xff\xfe", "the line is not UTF-8"),
        ("[" * 90_000, "nested too deeply"),
        ("9" * 5_000, "too many digits"),
        (b" " + b"1" * LONGEST_LINE, f"longer than {LONGEST_LINE} bytes"),
        ("{}", "the instrument is missing"),
        ('{"instrument": 9, "answers": []}', "the instrument is missing"),
        ('{"instrument": "phq-19", "answers": []}', 'there is no instrument "phq-19"'),
        ('{"instrument": "\\ud800", "answers": []}', "there is no instrument"),
        ('{"instrument": "phq-9", "version": "7", "answers": []}', 'there is no instrument "phq-9" version "7"'),
        ('{"instrument": "phq-9", "version": 1, "answers": []}', "the version is not a text"),
        ('{"instrument": "phq-9"}', "neither a list"),
        ('{"instrument": "phq-9", "answers": 7}', "neither a list"),
        ('{"instrument": "phq-9", "answers": [0], "total": 3}', '"total" is none of answers, instrument, version'),
        ('{"instrument": "phq-9", "instrument": "gad-7", "answers": []}', '"instrument" is given twice'),
        ('{"instrument": "phq-9", "answers": {"1": 0, "1": 3}}', '"1" is given twice'),
        ('{"instrument": "phq-9", "answers": {"1": NaN}}', "NaN is not a whole number"),
        ('{"instrument": "phq-9", "answers": {"1": -Infinity}}', "-Infinity is not a whole number"),
        ('{"instrument": "phq-9", "answers": {"1": 1.0}}', "1.0 is not a whole number"),
        ('{"instrument": "phq-9", "answers": {"1": 1e2}}', "1e2 is not a whole number"),
        ('{"instrument": "phq-9", "answers": {"1": true}}', "true is no answer to item 1"),
        ('{"instrument": "phq-9", "answers": {"1": "2"}}', '"2" is no answer to item 1'),
        ('{"instrument": "phq-9", "answers": {"1": [2]}}', "[2] is no answer to item 1"),
        ('{"instrument": "phq-9", "answers": {"1": 4}}', "4 is not a possible answer to item 1"),
        ('{"instrument": "phq-9", "answers": {"11": 1}}', "1 is not a possible answer to item 11"),
        ('{"instrument": "phq-9", "answers": [0, 0, 0, 0, 0, 0, 0, 0]}', "has 10 items, and the line has 8 answers"),
        ('{"instrument": "phq-9", "answers": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]}', "the line has 11 answers"),
        ('{"instrument": "every-rule", "answers": {"or-1": 1, "or-2": 1}}', "Answer only one of items 7, 8"),
    ],
)
def test_what_cannot_be_scored_says_why(line: bytes | str, why: str) -> None:
    assert why in reason(line)


def test_a_bad_line_is_told_by_its_number_and_stops_no_other() -> None:
    good = phq9(*[0] * 9)

    told = lines(good, "", "x", b"1" * (3 * LONGEST_LINE), good)

    assert [each.get("error", {}).get("line") for each in told] == [None, 3, 4, None]


def test_nothing_comes_of_nothing() -> None:
    assert lines() == []
    assert lines("", " ", "\r") == []


def test_a_byte_order_mark_and_the_line_ends_of_windows_are_passed_over() -> None:
    content = b"\xef\xbb\xbf" + json.dumps(phq9(*[0] * 9)).encode() + b"\r\n"

    assert lines(content)[0]["scores"]["total"]["value"] == 0


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(answers=_JSON, instrument=st.sampled_from(["phq-9", "every-rule", "hmis-living-situation"]) | _JSON)
def test_whatever_a_line_holds_it_brings_one_line(answers: object, instrument: object) -> None:
    (told,) = lines(json.dumps({"instrument": instrument, "answers": answers}))

    assert ("error" in told) != ("scores" in told)


@given(content=st.binary(max_size=60))
def test_whatever_the_bytes_nothing_stops_it(content: bytes) -> None:
    for told in score_lines(read_lines(io.BytesIO(content)), CATALOGUE):
        assert "error" in told
