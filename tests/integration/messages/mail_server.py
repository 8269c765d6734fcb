"""A mail server on this machine that takes what it is given, or does not."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from config import MailServer

SELF_SIGNED = Path(__file__).parents[2] / "data" / "mail" / "self-signed.pem"
"""A certificate for 127.0.0.1, and its key, that nobody has reason to trust."""


@dataclass(slots=True)
class Post:
    """What arrived, and how the server behaves."""

    server: MailServer
    refuses: str = ""
    """What it says to every recipient."""
    at_the_end: str = "takes"
    """Of the message: "takes", "refuses", "hangs" or "dies"."""
    arrived: list[tuple[str, str]] = field(default_factory=list)
    """Recipient and the whole message."""

    @property
    def told(self) -> list[str]:
        return sorted(recipient for recipient, _ in self.arrived)

    def gone(self) -> MailServer:
        """A server of which nothing answers."""
        return replace(self.server, port=_free_port())

    async def handle_RCPT(  # noqa: N802  # the name aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # likewise
        if self.at_the_end == "refuses":
            return "554 no"
        if self.at_the_end == "hangs":
            await asyncio.sleep(1)
        if self.at_the_end == "dies":
            transport = server.transport
            assert isinstance(transport, asyncio.Transport)
            transport.abort()
            return "250 OK"
        content = envelope.content
        assert isinstance(content, bytes)
        self.arrived += [(recipient, content.decode()) for recipient in envelope.rcpt_tos]
        return "250 OK"


@contextmanager
def a_post(*, self_signed: bool = False) -> Iterator[Post]:
    """A server that runs until the end of the block."""
    context = None
    if self_signed:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(SELF_SIGNED)
    post = Post(
        MailServer(
            host="127.0.0.1",
            port=_free_port(),
            encryption="none",
            sender="registry@clinic.example",
            address="https://registry.clinic.example",
        )
    )
    controller = Controller(post, hostname="127.0.0.1", port=post.server.port, tls_context=context)
    controller.start()
    try:
        yield post
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def without_key(mail: str) -> str:
    """The e-mail but for its key, in whose letters any short name may stand by chance."""
    return "\n".join(line for line in mail.splitlines() if not line.startswith("Message-ID:"))
