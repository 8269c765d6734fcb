"""Files nobody wrote by hand: each is refused with its name and a reason, and none takes the program along."""

import os
import time
from pathlib import Path

import pytest

from registry.measures.catalogue import Catalogue
from registry.measures.definition import DefinitionError, errors_in, load
from registry.measures.file_reading import LARGEST_FILE
from registry.measures.wording import read_wordings
from tests.unit.measures.conftest import REPOSITORY

SHIPPED = (REPOSITORY / "instruments" / "phq-2.toml").read_text(encoding="utf-8")


def with_line(line: str) -> str:
    """The PHQ-2 with one line put at its top."""
    return f"{line}\n{SHIPPED}"


def replaced(old: str, new: str) -> str:
    assert old in SHIPPED
    return SHIPPED.replace(old, new, 1)


HOSTILE = {
    "nested arrays": (with_line(f"core = {'[' * 5000}{']' * 5000}"), "nested too deeply"),
    "nested tables": (with_line(f"core = {'{a=' * 3000}1{'}' * 3000}"), "nested too deeply"),
    "dotted keys": (with_line(f"{'.'.join('a' * 9000)} = 1"), ":1: is nested too deeply"),
    "dotted keys within a table": (with_line(f"core = {{ {' . '.join('a' * 9000)} = 1 }}"), ":1: is nested too deeply"),
    "a number of 5,000 digits": (with_line(f"core = {'9' * 5000}"), "digits"),
    "a score of a thousand digits": (replaced("value = 3", f"value = {'9' * 1000}"), "less than or equal to 1000000"),
    "a cadence of a million days": (replaced("\ndays = ", "\ndays = 99999"), "less than or equal to 3650"),
    "a float without end": (replaced("maximum = 6", "maximum = 1e999"), "number between"),
    "not a number": (replaced("maximum = 6", "maximum = nan"), "number between"),
    "a date that never was": (with_line("core = 2026-02-31"), "is not TOML"),
    "a NUL as it is": (with_line("# \0"), "is not TOML"),
    "a NUL in a text": (replaced('title = "', 'title = "\\u0000'), "title: has a control character"),
    "an escape in a text": (replaced('title = "', 'title = "\\u001b[2J'), "title: has a control character"),
    "one that extends another": (with_line('extends = "phq-2"'), "extends: Extra inputs are not permitted"),
    "more than it can hold": ("#" * (LARGEST_FILE + 1), "is larger than 256 KB"),
    "a statement without end": (f"citations = [\n{'1,' * 30}\n" * 900, "is not TOML"),
    "thousands of keys": ("\n".join(f"k{n}=1" for n in range(4_000)), "Extra inputs are not permitted"),
    "a thousand items": (
        SHIPPED + '\n[[items]]\nid="x"\nnumber="1"\nchoices="frequency"\n' * 1000,
        "at most 300 items",
    ),
    "a version of a thousand digits": (replaced('version = "1"', f'version = "{"1" * 1000}"'), "version"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_instrument_file_is_refused_with_its_name_and_a_reason(tmp_path: Path, what: str) -> None:
    content, reason = HOSTILE[what]
    file = tmp_path / "phq-2.toml"
    file.write_text(content, encoding="utf-8")

    begun = time.process_time()
    errors = [str(error) for error in errors_in(file)]

    assert any(str(file) in error and reason in error for error in errors), errors[:3]
    assert time.process_time() - begun < 5
    with pytest.raises(DefinitionError):
        load(file)


@pytest.mark.parametrize(
    "what", ["nested arrays", "a number of 5,000 digits", "a NUL as it is", "more than it can hold"]
)
def test_a_hostile_wording_is_refused_alike(tmp_path: Path, catalogue: Catalogue, what: str) -> None:
    content, reason = HOSTILE[what]
    (tmp_path / "phq-2.en.toml").write_text(content, encoding="utf-8")

    wordings, errors = read_wordings(tmp_path, catalogue)

    assert wordings == []
    assert [reason in str(error) for error in errors] == [True]


def test_a_wording_with_an_invisible_character_is_refused_with_its_line(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "phq-2.en.toml").write_text('instrument = "phq-2"\nnotice = "ours\\u0000"\n', encoding="utf-8")

    errors = [str(error) for error in read_wordings(tmp_path, catalogue)[1]]

    assert f"{tmp_path / 'phq-2.en.toml'}:2: notice: has a control character in it" in errors


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "phq-2.toml")
    (tmp_path / "phq-8.toml").symlink_to("/dev/zero")
    (tmp_path / "phq-9.toml").symlink_to(tmp_path / "phq-9.toml")

    reasons = [str(error) for name in ("phq-2", "phq-8", "phq-9") for error in errors_in(tmp_path / f"{name}.toml")]

    assert [("is not a file" in each, "cannot be read" in each) for each in reasons] == [
        (True, False),
        (True, False),
        (False, True),
    ]
