"""What can be observed, what is possible, and how it is written."""

from decimal import Decimal
from pathlib import Path

import pytest

from config import ROOT
from registry.physical.catalogue import InvalidObservation, catalogue
from registry.physical.rules import impossible, told

KINDS = catalogue().kinds


@pytest.mark.parametrize(
    ("kind", "value", "unit", "is_possible"),
    [
        ("weight", "82", "kg", True),
        ("weight", "820", "kg", False),
        ("weight", "450", "lb", True),
        ("anc", "1.4", "×10⁹/L", True),
        ("anc", "1400", "×10⁹/L", False),
        ("lithium", "0.8", "mmol/L", True),
        ("lithium", "80", "mmol/L", False),
        ("hba1c", "42", "%", False),
        ("weight", "82", "stone", False),
    ],
)
def test_a_slip_of_value_or_unit_is_refused(kind: str, value: str, unit: str, is_possible: bool) -> None:
    assert (impossible(KINDS[kind], Decimal(value), unit) is None) is is_possible


def test_what_was_found_is_written_with_its_unit() -> None:
    assert told(KINDS["blood-pressure"], Decimal(128), Decimal(82), "mmHg", "") == "128/82 mmHg"
    assert told(KINDS["lithium"], Decimal("0.80"), None, "mmol/L", "") == "0.8 mmol/L"
    assert told(KINDS["smoking"], None, None, "", "current") == "Smokes now"


def test_units_convert_into_the_first_one() -> None:
    for kind in KINDS.values():
        if kind.units:
            assert next(iter(kind.units.values())).factor == 1, kind.key
    assert KINDS["anc"].units["×10⁹/L"].factor * Decimal("1.2") == 1200


def test_the_yearly_check_has_six_parts_and_forms_that_exist_answer_it() -> None:
    yearly = [each.key for each in catalogue().checks.values() if each.is_yearly]
    assert yearly == ["weight", "blood-pressure", "glucose", "lipids", "smoking", "alcohol"]
    assert catalogue().instruments.isdisjoint(KINDS)
    assert catalogue().instruments <= {path.stem for path in (ROOT / "instruments").glob("*.toml")}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('name = "Weight"\ngroup = "none"\nunit.kg = {factor="1", least="1", most="2"}', "name or group is missing"),
        ('name = "Weight"\ngroup = "vital"', "either units or choices"),
        ('name = "Weight"\ngroup = "vital"\nunit.kg = {factor="1", least="3"}', "lacks its factor"),
        ('name = "Weight"\ngroup = "vital"\nunit.kg = {factor="1", least="3", most="2"}', "no unit"),
        ('name = "Weight"\ngroup = "vital"\ncolour = "red"', "unknown entry colour"),
    ],
)
def test_a_wrong_entry_of_the_file_is_named(tmp_path: Path, entry: str, said: str) -> None:
    path = tmp_path / "observations.toml"
    path.write_text(f'[group.vital]\nname = "Vital"\n[check]\n[observation.weight]\n{entry}\n')

    with pytest.raises(InvalidObservation, match=said):
        catalogue(path)
