"""The clock an unanswered urgent alert runs on. Times in the tables are local unless they end in Z."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from registry.alerts.hours.opening_hours import (
    ALWAYS_OPEN,
    Interval,
    NeverOpen,
    OpeningHours,
    add_open_minutes,
    end_of_day,
    is_open,
    next_open,
    open_minutes_between,
    read_hours,
)

NEW_YORK, HONOLULU = "America/New_York", "Pacific/Honolulu"
KIRITIMATI, BERLIN = "Pacific/Kiritimati", "Europe/Berlin"

OFFICE = OpeningHours(week=((Interval(time(9), time(17)),),) * 5 + ((),) * 2)
WITH_LUNCH = OpeningHours(week=((Interval(time(8), time(12)), Interval(time(13), time(17))),) * 5 + ((),) * 2)
NIGHT_SHIFT = OpeningHours(week=((Interval(time(0), time(4)), Interval(time(22), time(0))),) * 7)


def instant(text: str, zone: str) -> datetime:
    """ "2026-03-06 16:30" in ``zone``, or in UTC with a Z at the end; the first of an hour that comes twice."""
    if text.endswith("Z"):
        return datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("why", "zone", "hours", "start", "minutes", "end"),
    [
        ("within the day", NEW_YORK, OFFICE, "2026-03-04 10:00", 60, "2026-03-04 11:00"),
        ("ends at closing time", NEW_YORK, OFFICE, "2026-03-04 16:00", 60, "2026-03-04 17:00"),
        ("over night", NEW_YORK, OFFICE, "2026-03-04 16:30", 60, "2026-03-05 09:30"),
        ("before opening", NEW_YORK, OFFICE, "2026-03-04 06:00", 60, "2026-03-04 10:00"),
        ("at closing time", NEW_YORK, OFFICE, "2026-03-04 17:00", 60, "2026-03-05 10:00"),
        ("over lunch", NEW_YORK, WITH_LUNCH, "2026-03-04 11:30", 60, "2026-03-04 13:30"),
        ("in the lunch break", NEW_YORK, WITH_LUNCH, "2026-03-04 12:20", 30, "2026-03-04 13:30"),
        ("over a weekend", BERLIN, OFFICE, "2026-03-06 16:30", 60, "2026-03-09 09:30"),
        ("a weekend that springs forward", NEW_YORK, OFFICE, "2026-03-06 16:30", 60, "2026-03-09 09:30"),
        ("a weekend that falls back", NEW_YORK, OFFICE, "2026-10-30 16:30", 60, "2026-11-02 09:30"),
        ("more than a week", NEW_YORK, OFFICE, "2026-03-02 09:00", 5 * 480 + 1, "2026-03-09 09:01"),
        ("no minutes while open", NEW_YORK, OFFICE, "2026-03-04 10:00", 0, "2026-03-04 10:00"),
        ("no minutes while closed", NEW_YORK, OFFICE, "2026-03-04 18:00", 0, "2026-03-05 09:00"),
        ("Honolulu, Saturday in UTC", HONOLULU, OFFICE, "2026-03-06 16:30", 60, "2026-03-09 09:30"),
        ("Honolulu, in UTC", HONOLULU, OFFICE, "2026-03-07 02:30Z", 60, "2026-03-09 19:30Z"),
        ("Kiritimati, Sunday in UTC", KIRITIMATI, OFFICE, "2026-03-09 09:00", 60, "2026-03-09 10:00"),
        ("Kiritimati, in UTC", KIRITIMATI, OFFICE, "2026-03-08 18:30Z", 60, "2026-03-08 20:00Z"),
        ("open all night, an hour is skipped", NEW_YORK, ALWAYS_OPEN, "2026-03-08 01:30", 60, "2026-03-08 03:30"),
        ("open all night, an hour comes twice", NEW_YORK, ALWAYS_OPEN, "2026-11-01 00:30", 120, "2026-11-01 06:30Z"),
        ("a night shift, an hour is skipped", NEW_YORK, NIGHT_SHIFT, "2026-03-08 01:00", 120, "2026-03-08 04:00"),
        ("a night shift, an hour comes twice", NEW_YORK, NIGHT_SHIFT, "2026-11-01 00:00", 300, "2026-11-01 04:00"),
        ("a night shift over midnight", BERLIN, NIGHT_SHIFT, "2026-03-04 23:30", 60, "2026-03-05 00:30"),
    ],
)
def test_minutes_pass_only_while_the_clinic_is_open(
    why: str, zone: str, hours: OpeningHours, start: str, minutes: int, end: str
) -> None:
    begun, ended = instant(start, zone), instant(end, zone)

    assert add_open_minutes(begun, minutes, hours, ZoneInfo(zone)) == ended, why
    assert open_minutes_between(begun, ended, hours, ZoneInfo(zone)) == minutes, why


def test_an_opening_inside_the_hour_that_does_not_exist_begins_when_the_clocks_jump() -> None:
    odd = OpeningHours(week=((Interval(time(2, 30), time(5)),),) * 7)

    assert next_open(instant("2026-03-08 00:00", NEW_YORK), odd, ZoneInfo(NEW_YORK)) == instant("2026-03-08 07:00Z", "")
    assert add_open_minutes(instant("2026-03-08 00:00", NEW_YORK), 30, odd, ZoneInfo(NEW_YORK)) == (
        instant("2026-03-08 03:30", NEW_YORK)
    )


def test_an_opening_that_lies_wholly_in_that_hour_does_not_happen() -> None:
    lost = OpeningHours(week=((Interval(time(2), time(3)),),) * 7)

    assert next_open(instant("2026-03-08 01:00", NEW_YORK), lost, ZoneInfo(NEW_YORK)) == (
        instant("2026-03-09 02:00", NEW_YORK)
    )


@pytest.mark.parametrize(
    ("at", "opens", "closes"),
    [
        ("2026-03-04 08:59", "2026-03-04 09:00", "2026-03-04 17:00"),
        ("2026-03-04 09:00", "2026-03-04 09:00", "2026-03-04 17:00"),
        ("2026-03-04 16:59", "2026-03-04 16:59", "2026-03-04 17:00"),
        ("2026-03-04 17:00", "2026-03-05 09:00", "2026-03-05 17:00"),
        ("2026-03-07 12:00", "2026-03-09 09:00", "2026-03-09 17:00"),
    ],
)
def test_the_next_opening_and_the_end_of_the_day(at: str, opens: str, closes: str) -> None:
    zone = ZoneInfo(NEW_YORK)
    asked = instant(at, NEW_YORK)

    assert next_open(asked, OFFICE, zone) == instant(opens, NEW_YORK)
    assert end_of_day(asked, OFFICE, zone) == instant(closes, NEW_YORK)
    assert is_open(asked, OFFICE, zone) is (at == opens)


def test_the_day_ends_after_the_last_interval_not_at_lunch() -> None:
    assert end_of_day(instant("2026-03-04 09:00", BERLIN), WITH_LUNCH, ZoneInfo(BERLIN)) == (
        instant("2026-03-04 17:00", BERLIN)
    )


def test_a_holiday_is_closed_whatever_the_weekday() -> None:
    hours = OpeningHours(week=OFFICE.week, closed_on=frozenset({date(2026, 3, 5)}))

    assert add_open_minutes(instant("2026-03-04 16:30", NEW_YORK), 60, hours, ZoneInfo(NEW_YORK)) == (
        instant("2026-03-06 09:30", NEW_YORK)
    )


def test_nothing_passes_backwards() -> None:
    zone = ZoneInfo(NEW_YORK)
    later, earlier = instant("2026-03-04 12:00", NEW_YORK), instant("2026-03-04 10:00", NEW_YORK)

    assert open_minutes_between(later, earlier, OFFICE, zone) == 0
    with pytest.raises(ValueError, match="backwards"):
        add_open_minutes(earlier, -1, OFFICE, zone)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        add_open_minutes(datetime(2026, 3, 4, 10), 60, OFFICE, ZoneInfo(NEW_YORK))  # noqa: DTZ001 - the point


@pytest.mark.parametrize(
    ("week", "error"),
    [
        (((),) * 7, NeverOpen),
        (((Interval(time(9), time(17)),),) * 5, ValueError),
        (((Interval(time(9), time(13)), Interval(time(12), time(17))),) * 7, ValueError),
        (((Interval(time(13), time(0)), Interval(time(14), time(17))),) * 7, ValueError),
    ],
)
def test_hours_nobody_could_keep_are_refused(week: tuple[tuple[Interval, ...], ...], error: type[ValueError]) -> None:
    with pytest.raises(error):
        OpeningHours(week=week)


@pytest.mark.parametrize(
    ("opens", "closes"), [(time(17), time(9)), (time(9), time(9)), (time(9, tzinfo=UTC), time(10))]
)
def test_an_interval_that_closes_before_it_opens_is_refused(opens: time, closes: time) -> None:
    with pytest.raises(ValueError, match=r"Closes|zone"):
        Interval(opens, closes)


def test_a_clinic_closed_for_ever_is_an_error_not_a_wait() -> None:
    every_day = frozenset(date.fromordinal(date(2026, 1, 1).toordinal() + n) for n in range(800))
    hours = OpeningHours(week=ALWAYS_OPEN.week, closed_on=every_day)

    with pytest.raises(NeverOpen):
        next_open(instant("2026-03-04 09:00", NEW_YORK), hours, ZoneInfo(NEW_YORK))


def test_hours_are_read_as_a_clinic_keeps_them() -> None:
    kept = read_hours({"mon": [["08:30", "12:00"], ["13:00", "24:00"]], "sun": []})

    assert kept.on(date(2026, 3, 9)) == (Interval(time(8, 30), time(12)), Interval(time(13), time(0)))
    assert kept.on(date(2026, 3, 10)) == ()


@pytest.mark.parametrize("stored", [{}, {"mon": []}])
def test_a_clinic_without_stated_hours_counts_as_always_open(stored: dict[str, list[list[str]]]) -> None:
    assert read_hours(stored) == ALWAYS_OPEN


@pytest.mark.parametrize(
    "stored", [{"monday": [["08:30", "17:00"]]}, {"mon": [["8.30", "17:00"]]}, {"mon": [["17:00"]]}]
)
def test_hours_that_cannot_be_read_are_refused(stored: dict[str, list[list[str]]]) -> None:
    with pytest.raises(ValueError, match=r"weekday|isoformat|unpack"):
        read_hours(stored)
