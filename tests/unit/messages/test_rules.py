"""When an e-mail is needed, when it is tried again, and that its words can name nobody."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import MailServer
from registry.messages.rules import MOST_TRIES, is_asking, next_pause
from registry.messages.wording import SUBJECT, urgent_mail

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
