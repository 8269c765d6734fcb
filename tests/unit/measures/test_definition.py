"""An instrument file that is wrong is refused, with its line and the reason."""

import re
from pathlib import Path

import pytest

from registry.measures.catalogue import check_directory
from registry.measures.definition import DefinitionError, content_hash, errors_in, load

GOOD = """\
id = "mood"
version = "1"
title = "Mood in two questions"
short_title = "Mood-2"
domain = "depression"
respondent = "self"
recall_days = 14
modes = ["paper"]
languages = ["en"]
citations = [
  "A paper",
]

[licence]
may_ship = "own wording"
notice = "Ours."
source = "ours"
status = "verified"

[cadence]
days = 28
source = "a guideline"
status = "literature"

[[choices.often]]
value = 0
label = "Never"

[[choices.often]]
value = 3
label = "Daily"

[[items]]
id = "1"
number = "1"
choices = "often"

[[items]]
id = "2"
number = "2"
text = '''
Feeling
down'''
choices = "often"
safety = { positive_from = 3, source = "a paper", status = "literature" }

[[scales]]
id = "total"
name = "Mood"
items = ["1", "2"]
rule = "sum"
minimum = 0
maximum = 6
cutoff = { value = 4, source = "a paper", status = "literature" }

[scales.target]
value = 3
source = "a paper"
status = "literature"

[scales.bands_source]
source = "a paper"
status = "literature"

[[scales.bands]]
label = "low"
low = 0
high = 3

[[scales.bands]]
label = "high"
low = 4
high = 6
"""

CATEGORY = """
[[choices.home]]
value = 1
label = "Own home"
category = "stable"

[[choices.home]]
value = 2
label = "Street"
category = "homeless"

[[items]]
id = "home"
number = "3"
choices = "home"

[[scales]]
id = "housing"
name = "Housing"
items = ["home"]
rule = "category"
categories = ["stable", "homeless"]
losses = [{ before = "stable", after = "homeless" }]
losses_source = { source = "plain sense", status = "literature" }
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mood.toml"


def line_with(text: str, fragment: str) -> int:
    """The line of the last occurrence of ``fragment``."""
    return text[: text.rindex(fragment)].count("\n") + 1


@pytest.mark.parametrize("text", [GOOD, GOOD + CATEGORY, GOOD.replace("\n", "\r\n")])
def test_a_good_file_is_read(file: Path, text: str) -> None:
    file.write_bytes(text.encode())

    assert errors_in(file) == []
    assert load(file).item("2").text == "Feeling\ndown"


@pytest.mark.parametrize(
    ("written", "instead", "reason"),
    [
        # What is written must be of the right kind
        ("recall_days = 14", 'recall_days = "14"', "recall_days: Input should be a valid integer"),
        ("recall_days = 14", "recall_days = true", "recall_days: Input should be a valid integer"),
        ("recall_days = 14", "recal_days = 14", "recal_days: Extra inputs are not permitted"),
        ('id = "mood"', 'id = "Mood 2"', "id: String should match pattern"),
        ('version = "1"', 'version = "1.0"', "version: String should match pattern"),
        ('respondent = "self"', 'respondent = "anyone"', "respondent: Input should be 'self', 'clinician' or 'staff'"),
        ('may_ship = "own wording"', 'may_ship = "anything"', "licence may_ship: Input should be"),
        ("days = 28", "days = 0", "cadence days: Input should be greater than or equal to 1"),
        ('rule = "sum"', 'rule = "average"', "scales 1 rule: Input should be 'sum', 'mean', 'category' or 'criteria'"),
        ("maximum = 6", 'maximum = "6"', "scales 1 maximum: must be a number"),
        ("maximum = 6", "maximum = inf", "scales 1 maximum"),
        ('label = "Daily"', 'label = " "', "choices often 2 label: String should have at least 1 character"),
        # Every number says where it comes from
        (
            'cutoff = { value = 4, source = "a paper", status = "literature" }',
            'cutoff = { value = 4, status = "literature" }',
            "scales 1 cutoff source: Field required",
        ),
        (
            'cutoff = { value = 4, source = "a paper", status = "literature" }',
            'cutoff = { value = 4, source = "a paper", status = "certain" }',
            "scales 1 cutoff status: Input should be",
        ),
        ("cutoff = {", "cutoff = 4 #", "scales 1 cutoff: Input should be"),
        ("{ positive_from = 3, ", '{ positive_from = 3, tier = "soon", ', "items 2 safety tier: Input should be"),
        ("{ positive_from = 3, ", '{ positive_from = 3, calls_for = " ", ', "items 2 safety calls_for: String should"),
        ("{ positive_from = 3, ", "{ positive_from = 3 } #", "items 2 safety source: Field required"),
        # What is written must fit together
        ('id = "mood"', 'id = "moods"', "id: a file that defines 'moods' is called moods.toml or moods.v1.toml"),
        ('id = "2"', 'id = "1"', "items 2 id: '1' is used twice"),
        ('choices = "often"\nsafety', 'choices = "rarely"\nsafety', "items 2 choices: there are no choices called"),
        ("positive_from = 3", "positive_from = 2", "is none of the item's answers"),
        ("safety = {", "reversed = true\nsafety = {", "cannot be a safety item"),
        ('items = ["1", "2"]', 'items = ["1", "9"]', "scales 1 items: there is no item '9'"),
        ('items = ["1", "2"]', 'items = ["1", "1"]', "scales 1 items: item '1' is counted twice"),
        ('items = ["1", "2"]', 'items = ["1"]', "scales 1 maximum: the highest answers add up to 3"),
        ("maximum = 6", "maximum = 27", "scales 1 maximum: the highest answers add up to 6"),
        ("minimum = 0", "minimum = 1", "scales 1 minimum: the lowest answers add up to 0"),
        ("minimum = 0\n", "", "scales 1 minimum: a sum needs a minimum and a maximum"),
        ("minimum = 0", "minimum = 0\nfloor = 9", "scales 1 floor: lies outside the scale"),
        ("cutoff = { value = 4", "cutoff = { value = 7", "scales 1 cutoff: lies outside the scale"),
        ("cutoff = { value = 4", "cutoff = { value = 3", "scales 1 target: counts as elevated by the cut-off"),
        ("low = 4", "low = 5", "scales 1 bands 2 low: must follow 'low', which ends at 3"),
        ("low = 4", "low = 3", "scales 1 bands 2 low: must follow 'low', which ends at 3"),
        ("low = 0", "low = 1", "scales 1 bands 1 low: the first band must start at 0"),
        ("high = 6", "high = 5", "scales 1 bands 2 high: the last band must end at 6"),
        ('rule = "sum"', 'rule = "category"', "a category is read from exactly one item"),
        (
            "minimum = 0",
            'minimum = 0\nprorating = { at_most_missing = 2, source = "x", status = "verified" }',
            "scales 1 prorating: at least one item must be answered",
        ),
        (
            "minimum = 0",
            'minimum = 0\nresponse = { value = 150, source = "x", status = "verified" }',
            "scales 1 response: is not a percentage",
        ),
        (
            "minimum = 0",
            'minimum = 0\nreliable_change = { value = 0, source = "x", status = "verified" }',
            "scales 1 reliable_change: is not a change the scale can show",
        ),
        # Syntax
        ('title = "Mood', 'title = "Mood"', "is not TOML: Expected newline"),
        ("days = 28", "days = 028", "is not TOML"),
    ],
)
def test_a_bad_file_is_refused_with_file_line_and_reason(file: Path, written: str, instead: str, reason: str) -> None:
    assert written in GOOD
    file.write_text(GOOD.replace(written, instead, 1), encoding="utf-8")

    with pytest.raises(DefinitionError, match=re.escape(reason)) as refusal:
        load(file)

    assert refusal.value.file == file
    assert refusal.value.line is not None
    assert f"{file}:{refusal.value.line}: " in str(refusal.value)


@pytest.mark.parametrize(
    ("written", "instead", "blamed"),
    [
        ("recall_days = 14", 'recall_days = "14"', "recall_days"),
        ('label = "Daily"', "label = 1", "label = 1"),
        ("high = 6", "high = 5", "high = 5"),
        ("low = 4", "low = 5", "low = 5"),
        ('id = "2"', 'id = "1"', 'id = "1"'),
        ("cutoff = { value = 4", "cutoff = { value = true", "cutoff"),
        ("positive_from = 3", "positive_from = 9", "positive_from"),
        ("value = 3\nsource", 'value = "3"\nsource', 'value = "3"'),
        ('"A paper",', '"",', "citations"),
    ],
)
def test_the_line_that_is_wrong_is_named(file: Path, written: str, instead: str, blamed: str) -> None:
    text = GOOD.replace(written, instead, 1)
    file.write_text(text, encoding="utf-8")

    assert errors_in(file)[0].line == line_with(text, blamed)


@pytest.mark.parametrize(
    ("written", "instead", "reason"),
    [
        ('category = "homeless"', 'category = "street"', "'homeless' is declared or used, but not both"),
        ('after = "homeless"', 'after = "lost"', "scales 2 losses: 'lost' is no category of this scale"),
        ("losses_source", "# losses_source", "scales 2 losses_source: what counts as a loss needs a source"),
        ('rule = "category"', 'rule = "category"\ninterludes = ["jail"]', "'jail' is no category"),
        ('rule = "category"', 'rule = "category"\nminimum = 1', "scales 2 rule: a category has no numbers"),
    ],
)
def test_a_category_scale_must_fit_together(file: Path, written: str, instead: str, reason: str) -> None:
    assert written in CATEGORY
    file.write_text(GOOD + CATEGORY.replace(written, instead, 1), encoding="utf-8")

    assert any(reason in str(error) for error in errors_in(file))


@pytest.mark.parametrize("flag", ["scored = false", "optional = true"])
def test_an_item_outside_the_score_cannot_be_part_of_a_scale(file: Path, flag: str) -> None:
    file.write_text(GOOD.replace('number = "1"', f'number = "1"\n{flag}'), encoding="utf-8")

    with pytest.raises(DefinitionError, match="scales 1 items: item '1' is"):
        load(file)


@pytest.mark.parametrize(("better", "severities"), [("lower", [0, 1]), ("higher", [1, 0])])
def test_severity_counts_from_the_healthy_end(file: Path, better: str, severities: list[int]) -> None:
    text = GOOD.replace("minimum = 0", f'minimum = 0\nbetter = "{better}"').replace(
        "[scales.target]\nvalue = 3", "[scales.target]\nvalue = 5"
    )
    file.write_text(
        text.replace("cutoff = { value = 4", f"cutoff = {{ value = {6 if better == 'lower' else 4}"), encoding="utf-8"
    )

    assert [band.severity for band in load(file).scale("total").bands] == severities


def test_a_score_only_file_may_not_carry_wording(file: Path) -> None:
    file.write_text(GOOD.replace('"own wording"', '"score only"'), encoding="utf-8")

    with pytest.raises(DefinitionError, match="may not be shipped"):
        load(file)


def test_one_value_for_two_choices_is_refused(file: Path) -> None:
    file.write_text(GOOD.replace("value = 3\nlabel", "value = 0\nlabel"), encoding="utf-8")

    assert "items 1 choices: the value 0 stands for two choices" in str(errors_in(file)[0])


def test_an_item_nobody_can_answer_is_refused(file: Path) -> None:
    text = GOOD.replace('label = "Never"', 'label = "Never"\nmissing = true')
    file.write_text(text.replace('label = "Daily"', 'label = "Daily"\nmissing = true'), encoding="utf-8")

    assert "no choice is an answer" in str(errors_in(file)[0])


def test_an_answer_of_no_information_may_not_raise_a_safety_alert(file: Path) -> None:
    file.write_text(GOOD.replace('label = "Daily"', 'label = "Not asked"\nmissing = true'), encoding="utf-8")

    assert any("would count as positive" in str(error) for error in errors_in(file))


def test_everything_wrong_is_listed_at_once(file: Path) -> None:
    file.write_text(GOOD.replace("maximum = 6", "maximum = 7").replace("low = 0", "low = 1"), encoding="utf-8")

    assert len(errors_in(file)) == 3


def test_bytes_that_are_not_utf8_are_refused_at_their_line(file: Path) -> None:
    file.write_bytes(GOOD.encode().replace(b"Ours.", b"\xff"))

    (error,) = errors_in(file)

    assert (error.line, error.reason) == (line_with(GOOD, "Ours."), "is not UTF-8")


def test_a_file_that_is_not_there_is_refused(file: Path) -> None:
    with pytest.raises(DefinitionError, match="cannot be read"):
        load(file)


def test_a_directory_is_checked_whole(tmp_path: Path) -> None:
    (tmp_path / "mood.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "mood.v1.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "other.toml").write_text("id = ", encoding="utf-8")
    (tmp_path / "README.md").write_text("not an instrument", encoding="utf-8")

    errors = [str(error) for error in check_directory(tmp_path)]

    assert len(errors) == 2
    assert "mood.v1.toml: defines the same version as mood.toml" in errors[0]
    assert "other.toml:1: is not TOML" in errors[1]


def test_a_directory_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    assert "is not a directory" in str(check_directory(tmp_path / "nowhere")[0])


def test_the_hash_follows_the_content_and_not_the_line_ends(file: Path) -> None:
    file.write_bytes(GOOD.encode())

    assert load(file).content_hash == content_hash(GOOD.replace("\n", "\r\n").encode())
    assert load(file).content_hash != content_hash(GOOD.replace("maximum = 6", "maximum = 7").encode())
