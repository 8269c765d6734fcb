"""When an e-mail is needed, when it is tried again, and that its words can name nobody."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import MailServer
from registry.messages.open_work import OpenWork
from registry.messages.rules import MOST_TRIES, digest_week, is_asking, next_pause
from registry.messages.wording import DIGEST_SUBJECT, SUBJECT, digest_mail, urgent_mail

SERVER = MailServer(
    host="mail.clinic.example", sender="registry@clinic.example", address="https://registry.clinic.example"
)
AT = datetime(2026, 3, 11, tzinfo=UTC)


def test_a_failed_e_mail_is_tried_again_ever_later_for_a_quarter_of_an_hour() -> None:
    pauses = [next_pause(tries, is_final=False) for tries in range(1, MOST_TRIES + 1)]

    assert pauses[-1] is None
    known = [pause for pause in pauses if pause is not None]
    assert known == sorted(known)
    assert sum(known, timedelta()) == timedelta(minutes=15)
    assert next_pause(1, is_final=True) is None


@pytest.mark.parametrize(
    ("tier", "state", "expected"),
    [
        ("urgent", "open", True),
        ("urgent", "acknowledged", False),
        ("urgent", "closed", False),
        ("action", "open", False),
    ],
)
def test_only_an_urgent_alert_nobody_has_acknowledged_asks(tier: str, state: str, expected: bool) -> None:
    assert is_asking(tier=tier, state=state) is expected


@pytest.mark.parametrize(
    ("zone", "instant", "week"),
    [
        ("America/New_York", "2026-03-02T11:59", None),
        ("America/New_York", "2026-03-02T12:00", "2026-W10"),
        ("America/New_York", "2026-03-09T10:59", None),  # the clocks jumped on Sunday
        ("America/New_York", "2026-03-09T11:00", "2026-W11"),
        ("America/New_York", "2026-11-02T11:59", None),  # and went back on Sunday
        ("America/New_York", "2026-11-02T12:00", "2026-W45"),
        ("America/New_York", "2026-11-03T04:59", "2026-W45"),
        ("America/New_York", "2026-11-03T05:00", None),  # Tuesday
        ("Pacific/Auckland", "2026-03-08T18:00", "2026-W11"),  # Sunday evening elsewhere
        ("Europe/Berlin", "2025-12-29T06:00", "2026-W01"),  # the week of the new year
    ],
)
def test_a_week_begins_on_monday_at_seven_by_the_clock_on_the_wall(zone: str, instant: str, week: str | None) -> None:
    there = datetime.fromisoformat(instant).replace(tzinfo=UTC).astimezone(ZoneInfo(zone))

    assert digest_week(there) == week


def test_a_mondays_e_mail_says_numbers_and_a_link_and_no_more() -> None:
    def lines(work: OpenWork) -> list[str]:
        mail = digest_mail(SERVER, to="ana@clinic.example", work=work, key=uuid.UUID(int=0), at=AT)
        assert mail["Subject"] == DIGEST_SUBJECT
        return re.findall(r"^- (.+)$|^(https://.+)$", mail.get_content(), re.MULTILINE)

    some = OpenWork(urgent=1, people=12, advice=2, tasks=1, page="/my-day?whose=mine")
    assert ["".join(line) for line in lines(some)] == [
        "1 urgent alert",
        "12 people who need something",
        "2 recommendations to decide or carry out",
        "1 request of a colleague",
        "https://registry.clinic.example/my-day?whose=mine",
    ]
    many = OpenWork(people=1_001, advice=51, page="/")
    assert ["".join(line) for line in lines(many)][:2] == [
        "more than 1,000 people who need something",
        "more than 50 recommendations to decide or carry out",
    ]


@given(alerts=st.integers(1, 5_000), key=st.uuids())
def test_an_e_mail_says_a_number_and_a_link_and_no_more(alerts: int, key: uuid.UUID) -> None:
    mail, other = (
        urgent_mail(SERVER, to="ana@clinic.example", alerts=number, key=name, at=AT)
        for number, name in ((alerts, key), (min(alerts, 2), uuid.UUID(int=0)))
    )

    assert mail["Subject"] == other["Subject"] == SUBJECT
    assert mail.get_content() == other.get_content().replace(f"{min(alerts, 2)} urgent", f"{alerts:,} urgent")
    assert set(mail.keys()) == set(other.keys())
    assert "=\n" not in mail.as_string(), "plain text, whatever reads it"
