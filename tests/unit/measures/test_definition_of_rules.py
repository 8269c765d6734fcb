"""Rules of scoring that cannot be are refused with file, line and reason."""

import re
from pathlib import Path

import pytest

from registry.measures.definition import DefinitionError, load
from tests.unit.measures.conftest import REPOSITORY

FILES = REPOSITORY / "tests" / "data" / "instruments"


@pytest.mark.parametrize(
    ("name", "written", "instead", "reason"),
    [
        # Branches
        ("screen", 'items = ["6a"]\ncounts', 'items = ["7"]\ncounts', "skips 2 items: there is no item '7'"),
        (
            "screen",
            'when = [{ items = ["6"], to = 0 }]',
            'when = [{ items = ["8"], to = 0 }]',
            "skips 2 when: there is no item '8'",
        ),
        (
            "screen",
            'when = [{ items = ["2"], to = 0 }]\nitems = ["3", "4"]',
            'when = [{ items = ["4"], to = 0 }]\nitems = ["2", "3"]',
            "whether item '2' is asked depends on item '4', which does not come before it",
        ),
        (
            "screen",
            'when = [{ items = ["6"], to = 0 }]',
            'when = [{ items = ["6a"], to = 0 }]',
            "whether item '6a' is asked depends on item '6a', which does not come before it",
        ),
        ("screen", "counts_as = 0", "counts_as = 5", "5 is no answer to item '3'"),
        ("screen", "counts_as = 0", "counts_as = 1", "item '4' would be positive without being asked"),
        ("screen", 'items = ["2"], to = 0', 'items = ["2"]', "a condition needs from, to, or both"),
        ("screen", 'items = ["2"], to = 0', 'items = ["2"], from = 7', "no answer to item '2' is in that range"),
        ("screen", 'items = ["2"], to = 0', 'items = ["2"], to = 0, at_least = 2', "2 of 1 items cannot be"),
        ("appetite", '[["7", "8"]]', '[["7", "9"]]', "either_or: there is no item '9'"),
        ("appetite", '[["7", "8"]]', '[["7", "8"], ["8", "5"]]', "either_or: item '8' is named twice"),
        # Criteria
        ("screen", 'category = "low"', 'category = "high"', "scales 1 levels: 'high' is used twice"),
        ("screen", 'any = [{ items = ["4", "6a"], from = 1 }]', "", "only the last level may have no conditions"),
        ("screen", '{ items = ["1", "2"], from = 1 }', '{ items = ["1"], from = 1 }', "no level asks about item '2'"),
        (
            "screen",
            'items = ["1", "2", "3", "4", "6", "6a"]',
            'items = ["1", "2", "3", "4", "6"]',
            "item '6a' is no item of this scale",
        ),
        ("screen", 'rule = "criteria"', 'rule = "criteria"\nmaximum = 3', "scales 1 rule: a category has no numbers"),
        ("screen", 'rule = "criteria"', 'rule = "sum"\nminimum = 0\nmaximum = 6', "levels: only criteria have levels"),
        # Numbers
        ("appetite", '[["5", "7", "8"]]', '[["5", "9"]]', "highest_of: item '9' is no item of this scale"),
        ("appetite", '[["5", "7", "8"]]', '[["5", "7"], ["8", "5"]]', "item '5' is in two groups"),
        (
            "appetite",
            '[["5", "7", "8"]]',
            '[["5", "7", "8"]]\nprorating = { at_most_missing = 1, source = "x", status = "verified" }',
            "a group of which the highest counts cannot be made up for",
        ),
        ("appetite", "0 = 0, 1 = 1, 2 = 1, 3 = 2", "0 = 0, 1 = 1", "what every answer to item '5' is worth"),
        ("appetite", '["7", "8"], points', '["7", "5"], points', "item '5' is recoded twice"),
        ("appetite", "divided_by = 3", "divided_by = 4", "the highest answers add up to 75"),
        ("appetite", "decimals = 2", "decimals = 3", "less than or equal to 2"),
        ("appetite", "low = 0\nhigh = 3", "low = 0\nhigh = 5000", "less than or equal to 1000"),
        # Codes
        (
            "screen",
            'number = "2"\n',
            'number = "2"\ncode = "44250-9"\n',
            "items 2 code: the code 44250-9 is used twice",
        ),
    ],
)
def test_a_rule_that_cannot_be_is_refused(tmp_path: Path, name: str, written: str, instead: str, reason: str) -> None:
    text = (FILES / f"{name}.toml").read_text(encoding="utf-8")
    if "44250-9" in instead:
        text = text.replace('version = "1"', 'version = "1"\ncode = "44250-9"', 1)
    assert written in text
    file = tmp_path / f"{name}.toml"
    file.write_text(text.replace(written, instead, 1), encoding="utf-8")

    with pytest.raises(DefinitionError, match=re.escape(reason)) as refusal:
        load(file)

    assert refusal.value.line is not None
