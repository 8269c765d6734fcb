"""A real mail server takes an e-mail, refuses it, hangs or dies; each leaves a kind of failure and no words."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from registry.messages.sending import NotSent, send
from registry.messages.wording import urgent_mail
from tests.integration.messages.mail_server import Post, a_post


def try_to_send(post: Post) -> NotSent:
    mail = urgent_mail(post.server, to="ana@clinic.example", alerts=1, key=uuid.uuid4(), at=datetime.now(UTC))
    with pytest.raises(NotSent) as problem:
        send(mail, server=post.server, seconds=0.3)
    assert problem.value.args == (problem.value.fault,), "nothing the server said is kept"
    return problem.value


@pytest.mark.parametrize(
    ("refuses", "at_the_end", "fault", "is_final"),
    [
        ("550 nobody here", "takes", "address-refused", True),
        ("451 later", "takes", "address-refused", False),
        ("", "refuses", "mail-refused", True),
        ("", "hangs", "no-answer", False),
        ("", "dies", "cut-off", False),
    ],
)
def test_what_the_server_does_not_take_has_a_kind(
    server: Post, refuses: str, at_the_end: str, fault: str, is_final: bool
) -> None:
    server.refuses, server.at_the_end = refuses, at_the_end

    problem = try_to_send(server)

    assert (problem.fault, problem.is_final) == (fault, is_final)


def test_a_server_that_is_not_there_is_unreachable(server: Post) -> None:
    assert try_to_send(replace(server, server=server.gone())).fault == "unreachable"


def test_without_encryption_nothing_is_handed_over(server: Post) -> None:
    problem = try_to_send(replace(server, server=replace(server.server, encryption="starttls")))

    assert (problem.fault, server.arrived) == ("not-encrypted", [])


def test_a_certificate_nobody_vouches_for_is_not_trusted() -> None:
    with a_post(self_signed=True) as post:
        post.server = replace(post.server, encryption="starttls")

        assert (try_to_send(post).fault, post.arrived) == ("not-encrypted", [])


def test_a_password_the_server_does_not_want_is_a_refused_sign_in(server: Post) -> None:
    with_password = replace(server.server, user="registry", password="secret of the server")

    assert "secret of the server" not in repr(with_password)
    assert try_to_send(replace(server, server=with_password)).fault == "sign-in-refused"
