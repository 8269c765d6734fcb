"""A wording names items and answers, and cannot change what they score."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.measures.catalogue import Catalogue, catalogue_at
from registry.measures.instrument import Instrument
from registry.measures.scale import Status
from registry.measures.scoring import score
from registry.measures.wording import Wording, read_wordings, worded
from tests.unit.measures.conftest import REPOSITORY

GOOD = """\
instrument = "screen"
version = "1"
language = "es"
validation = { source = "translated by the clinic, not tested", status = "unverified" }
notice = "Licensed to a clinic"
lead = "¿Cuántas veces?"

[items.1]
text = "Uno"
answers = { 0 = "No", 1 = "Sí" }

[items.2]
text = "Dos"

[items.3]
text = "Tres"

[items.4]
text = "Cuatro"

[items.6]
text = "Seis"

[items.6a]
text = "Seis a"
"""


@pytest.fixture(scope="module")
def own() -> Catalogue:
    return catalogue_at(REPOSITORY / "tests" / "data" / "instruments")


def write(folder: Path, text: str, name: str = "screen.es.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def only(folder: Path, catalogue: Catalogue) -> Wording:
    (wording,), errors = read_wordings(folder, catalogue)
    assert errors == []
    return wording


def test_items_and_answers_read_in_the_words_of_the_file(tmp_path: Path, own: Catalogue, screen: Instrument) -> None:
    write(tmp_path, GOOD)

    wording = only(tmp_path, own)
    shown = worded(screen, wording)

    assert shown.lead == "¿Cuántas veces?"
    assert [item.label for item in shown.items] == ["Uno", "Dos", "Tres", "Cuatro", "Seis", "Seis a"]
    assert [choice.label for choice in shown.items[0].choices] == ["No", "Sí"]
    assert [choice.label for choice in shown.items[1].choices] == ["No", "Yes"], "not named: as in the instrument"
    assert wording.validation.status is Status.UNVERIFIED


@given(values=st.lists(st.sampled_from([0, 1, None]), min_size=6, max_size=6))
def test_words_never_change_a_score(values: list[int | None], screen: Instrument) -> None:
    words = {item.id: "x" for item in screen.items}
    wording = Wording("screen", "1", "es", screen.licence.source, "ours", None, words, {"1": {0: "a"}})
    order = [0, 0, 0, 0, 0, 0] if values[1] == 0 or values[4] == 0 else values
    answers = dict(zip((item.id for item in screen.items), order, strict=True))

    assert score(worded(screen, wording), answers).scores == score(screen, answers).scores


@pytest.mark.parametrize(
    ("written", "instead", "line", "reason"),
    [
        ('instrument = "screen"', 'instrument = "scren"', 1, "there is no instrument scren version 1"),
        ('version = "1"', 'version = "7"', 1, "there is no instrument screen version 7"),
        ('text = "Uno"', 'text = "Uno"\nscore = 3', 10, "Extra inputs are not permitted"),
        ('notice = "Licensed to a clinic"', "", None, "notice: Field required"),
        ("[items.6a]", "[items.7]", 24, "is no item of this instrument"),
        ('[items.6a]\ntext = "Seis a"\n', "", None, "item '6a' has no words"),
        ('1 = "Sí"', '2 = "Sí"', 10, "2 is no answer to this item"),
        ('language = "es"', 'language = "Spanish"', 3, "String should match pattern"),
        ('text = "Dos"', "text = ", 13, "is not TOML"),
    ],
)
def test_a_wording_that_does_not_fit_is_refused(
    tmp_path: Path, own: Catalogue, written: str, instead: str, line: int | None, reason: str
) -> None:
    assert written in GOOD
    write(tmp_path, GOOD.replace(written, instead, 1))

    wordings, errors = read_wordings(tmp_path, own)

    assert wordings == []
    assert reason in errors[0].reason
    if line is not None:
        assert errors[0].line == line


def test_two_files_for_one_language_are_one_too_many(tmp_path: Path, own: Catalogue) -> None:
    write(tmp_path, GOOD)
    second = write(tmp_path, GOOD, "second.toml")

    wordings, errors = read_wordings(tmp_path, own)

    assert len(wordings) == 1
    assert [(error.file, error.reason) for error in errors] == [
        (second, "words the same version in the same language as another file")
    ]


def test_a_folder_without_wordings_has_none(tmp_path: Path, own: Catalogue) -> None:
    assert read_wordings(tmp_path / "nowhere", own) == ([], [])
