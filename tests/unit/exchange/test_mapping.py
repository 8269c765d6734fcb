"""A mapping says what columns mean, or is refused with the line that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.exchange.mapping import MappingError, find_instrument, load
from registry.measures.catalogue import Catalogue, catalogue_at

REPOSITORY = Path(__file__).parents[3]

GOOD = """\
source = "clinic-export"
instrument = "gad-7"

[person]
mrn = "{mrn}"

[date]
column = "taken"
format = "%d/%m/%Y"

[answers]
missing = ["", "9"]
declined = ["8"]

[items]
1 = "q1"
2 = "q2"
3 = "q3"
4 = "q4"
5 = "q5"
6 = "q6"
7 = "q7"
"""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return catalogue_at(REPOSITORY / "instruments")


def refusal(folder: Path, catalogue: Catalogue, old: str, new: str) -> str:
    assert old in GOOD
    path = folder / "map.toml"
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(MappingError) as refused:
        find_instrument(load(path), catalogue)
    return str(refused.value).removeprefix(f"{path}:")


def test_a_mapping_names_every_column_it_reads(tmp_path: Path, catalogue: Catalogue) -> None:
    path = tmp_path / "map.toml"
    path.write_text(GOOD)

    file = load(path)

    assert find_instrument(file, catalogue).id == "gad-7"
    assert list(file.mapping.columns()) == ["mrn", "taken", "q1", "q2", "q3", "q4", "q5", "q6", "q7"]


@pytest.mark.parametrize(
    ("old", "new", "answer"),
    [
        ('source = "clinic-export"\n', "", " Field required"),
        ('instrument = "gad-7"', 'instrument = "gad-8"', "2: instrument: there is no instrument gad-8"),
        ('mrn = "{mrn}"', 'mrn = "everybody"', "4: person: mrn names no column"),
        ('column = "taken"', 'colunm = "taken"', "8: date colunm: Extra inputs are not permitted"),
        ('column = "taken"\n', "", "7: date: say one of: column (with format), fixed, or start with elapsed_days"),
        ("%d/%m/%Y", "%d/%m/%y", "7: date: %y leaves the date in doubt"),
        ("%d/%m/%Y", "%m/%Y", "7: date: must hold day, month and year"),
        ('missing = ["", "9"]', 'missing = ["", "0"]', "12: answers missing: 0 is an answer to item 1"),
        ('declined = ["8"]', 'declined = ["9"]', "13: answers declined: 9 cannot be both missing and declined"),
        ('7 = "q7"\n', "", "15: items: no column is named for item 7"),
        ('7 = "q7"', '17 = "q7"', "22: items 17: GAD-7 has items 1, 2, 3"),
        ("[answers]", "[answers", "11: is not TOML"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    tmp_path: Path, catalogue: Catalogue, old: str, new: str, answer: str
) -> None:
    assert answer in refusal(tmp_path, catalogue, old, new)


@pytest.mark.parametrize(
    ("new_person", "answer"),
    [
        ('given = "A"\nfamily = "B"', "say birth_date, or age with age_on"),
        ('given = "A"\nfamily = "B"\nage = "years"', "say birth_date, or age with age_on"),
        (
            'given = "A"\nfamily = "B"\nage = "y"\nage_on = 2020-01-01\nsex = { column = "s", codes = { 1 = "M" } }',
            "sex is one of female, male, intersex, unknown, not M",
        ),
        (
            'given = "A"\nfamily = "B"\nage = "y"\nage_on = 2020-01-01\n'
            'interpreter = { column = "i", codes = { 0 = "never" } }',
            "interpreter is one of yes, no; an empty cell says that nobody asked",
        ),
    ],
)
def test_new_people_need_what_the_registry_keeps_of_everybody(
    tmp_path: Path, catalogue: Catalogue, new_person: str, answer: str
) -> None:
    assert answer in refusal(tmp_path, catalogue, "[date]", f"[person.new]\n{new_person}\n\n[date]")


def test_enrolment_follows_a_scale_that_has_a_total(tmp_path: Path, catalogue: Catalogue) -> None:
    enrol = (
        '[enrol]\nmetric_primary = "{}"\nconditions = ["anxiety"]\nconsent = {{ mode = "verbal", taken_by = "A" }}\n'
    )

    unknown = refusal(tmp_path, catalogue, "[answers]", enrol.format("gad-7:sum") + "\n[answers]")
    without_total = refusal(tmp_path, catalogue, "[answers]", enrol.format("employment:employment") + "\n[answers]")

    assert "there is no scale gad-7:sum" in unknown
    assert "employment:employment has no total to follow" in without_total


def test_the_mappings_of_the_published_files_can_be_used(catalogue: Catalogue) -> None:
    own = catalogue_at(REPOSITORY / "tests" / "data" / "instruments")
    both = Catalogue([*catalogue.versions(), *own.versions()])
    folder = REPOSITORY / "tests" / "data" / "mappings"

    assert find_instrument(load(folder / "nhanes.toml"), both).id == "phq-9"
    assert find_instrument(load(folder / "cesd.toml"), both).id == "cesd"
