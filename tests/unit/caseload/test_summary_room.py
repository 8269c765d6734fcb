"""What one printed page holds of a person, and what it says it left out."""

from registry.caseload.presenters.summary_room import on_one_page
from registry.caseload.presenters.summary_sections import Line, Section, Table


def facts(number: int, letters: int, *, is_vital: bool = False) -> list[Line]:
    return [Line(f"Fact {each}", ("word " * letters)[:letters].strip(), is_vital=is_vital) for each in range(number)]


def test_what_fits_is_left_as_it_is() -> None:
    sections = [Section("Who", facts(9, 40)), Section("Team", [], empty="Nobody is on a team")]

    assert on_one_page(sections) == (sections, "")


def test_what_is_too_long_ends_early_and_what_is_too_much_is_counted() -> None:
    table = Table("Measures followed", ("Measure", "Latest"), [(f"Measure {each}", "9") for each in range(20)])
    told = [
        Section("Lately", facts(60, 50)),
        Section("Measures", table=table),
        Section("Psychiatric review", [Line("Summary", "word " * 2_000)], holds_prose=True),
    ]

    (lately, measures, review), left_out = on_one_page(told)

    assert len(lately.lines) < 60
    assert f"{60 - len(lately.lines)} more of Lately" in left_out
    assert measures.table is not None
    assert f"{20 - len(measures.table.rows)} more of Measures followed" in left_out
    assert review.lines[0].value.endswith("word …")
    assert "the end of Summary in Psychiatric review" in left_out


def test_what_is_needed_at_once_stays_when_everything_else_goes() -> None:
    told = [Section("Plans and goals", [*facts(40, 300), *facts(5, 150, is_vital=True)])]
    told += [Section(f"Part {number}", facts(40, 300)) for number in range(12)]

    (plans, *_), left_out = on_one_page(told)

    assert [each for each in plans.lines if each.is_vital] == facts(5, 150, is_vital=True)
    assert "40 more of Plans and goals" in left_out
