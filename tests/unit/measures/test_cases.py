"""What each instrument makes of given answers: one table an instrument, to be read by a clinician.

``tests/data/cases/<instrument>.csv`` has a row for each case and scale:

* ``answers`` in the order of the form: a number as printed, ``-`` unanswered, ``d`` declined;
* ``result``: the score or category, ``none`` where it has to be withheld, or ``refused`` where the answers cannot be
  (a category of that name is written ``=none``);
* ``says``: the band, the words of a category, the ratings of a profile; why there is no score, or what is refused;
* ``safety``: the numbers of the positive safety items, and those unknown with a question mark.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import pytest

from registry.measures.answers import DECLINED, Answer, ContradictoryAnswers, ImpossibleAnswer
from registry.measures.catalogue import Catalogue
from registry.measures.instrument import Instrument
from registry.measures.scoring import SafetyState, Scoring, format_value, score
from tests.unit.measures.conftest import REPOSITORY

CASES = REPOSITORY / "tests" / "data" / "cases"


@dataclass(frozen=True)
class Case:
    instrument: str
    case: str
    answers: str
    scale: str
    result: str
    says: str
    safety: str


def _cases() -> Iterator[Case]:
    for file in sorted(CASES.glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                yield Case(instrument=file.stem, **row)


def _answer(text: str) -> Answer:
    return {"-": None, "d": DECLINED}[text] if text in "-d" else int(text)


def _answers(instrument: Instrument, text: str) -> dict[str, Answer]:
    return dict(zip((item.id for item in instrument.items), map(_answer, text.split()), strict=True))


def _safety(instrument: Instrument, scoring: Scoring) -> str:
    marks = {SafetyState.POSITIVE: "", SafetyState.UNKNOWN: "?"}
    told = (each for each in scoring.safety if each.state in marks)
    return " ".join(instrument.item(each.item).number + marks[each.state] for each in told)


@pytest.mark.parametrize("case", list(_cases()), ids=lambda case: f"{case.instrument}: {case.case} [{case.scale}]")
def test_the_table_of_cases(catalogue: Catalogue, case: Case) -> None:
    instrument = catalogue.get(case.instrument)
    given = _answers(instrument, case.answers)
    if case.result == "refused":
        with pytest.raises((ContradictoryAnswers, ImpossibleAnswer), match=case.says):
            score(instrument, given)
        return

    scoring = score(instrument, given)

    result = scoring.scores[case.scale]
    if case.result == "none":
        assert (result.value, result.category) == (None, None)
        assert case.says in (result.why_withheld or "")
    else:
        said = format_value(result.value) if isinstance(result.value, Decimal) else result.category
        words = result.category if instrument.scale(case.scale).is_profile else result.band
        assert (said, words or "") == (case.result.removeprefix("="), case.says)
    assert _safety(instrument, scoring) == case.safety


def test_every_shipped_instrument_has_its_table(catalogue: Catalogue) -> None:
    told = {(case.instrument, case.scale) for case in _cases()}

    assert {(each.id, scale.id) for each in catalogue for scale in each.scales} - told == set()


def test_every_band_and_level_is_told(catalogue: Catalogue) -> None:
    told = {(case.instrument, case.scale, case.says) for case in _cases()}
    named = {
        (instrument.id, scale.id, label)
        for instrument in catalogue
        for scale in instrument.scales
        for label in [*(band.label for band in scale.bands), *(level.label for level in scale.levels)]
    }

    assert named - told == set()


def test_every_safety_item_is_told_positive_and_unknown(catalogue: Catalogue) -> None:
    told = {(case.instrument, mark) for case in _cases() for mark in case.safety.split()}
    numbers = {(instrument.id, item.number) for instrument in catalogue for item in instrument.safety_items}

    assert {(id_, number + mark) for id_, number in numbers for mark in ("", "?")} - told == set()
