"""Handing one e-mail to the mail server. Never inside a transaction: a server that hangs would hold the write lock."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage

from config import MailServer

SECONDS = 10.0
"""For each answer of the server."""


class NotSent(Exception):
    """The e-mail was not taken, or nobody knows: ``fault`` is one of ``rules.FAULTS``.

    ``is_final``: the same e-mail would be refused again.
    """

    def __init__(self, fault: str, *, is_final: bool = False) -> None:
        super().__init__(fault)
        self.fault, self.is_final = fault, is_final


def send(mail: EmailMessage, *, server: MailServer, seconds: float = SECONDS) -> None:
    """Return once the server has taken the e-mail. Raises ``NotSent``, and holds nothing the server said."""
    try:
        smtp = _connected(server, seconds)
        try:
            _sign_in(smtp, server)
            smtp.send_message(mail)
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()  # the e-mail is taken: how the server says goodbye changes nothing
        finally:
            smtp.close()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise NotSent("address-refused", is_final=all(code >= 500 for code in codes)) from None
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        raise NotSent("mail-refused", is_final=error.smtp_code >= 500) from None
    except (UnicodeError, smtplib.SMTPNotSupportedError):
        raise NotSent("address-refused", is_final=True) from None
    except smtplib.SMTPServerDisconnected as error:
        is_late = isinstance(error.__context__, TimeoutError)
        raise NotSent("no-answer" if is_late else "cut-off") from None
    except TimeoutError:
        raise NotSent("no-answer") from None
    except ssl.SSLError:
        raise NotSent("not-encrypted") from None
    except smtplib.SMTPException:
        raise NotSent("mail-refused") from None
    except OSError:
        raise NotSent("unreachable") from None


def _connected(server: MailServer, seconds: float) -> smtplib.SMTP:
    """Connected, and encrypted unless the server is on this machine; its certificate is verified."""
    try:
        if server.encryption == "tls":
            return smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=ssl.create_default_context())
        smtp = smtplib.SMTP(server.host, server.port, timeout=seconds)
    except smtplib.SMTPConnectError:
        raise NotSent("unreachable") from None
    if server.encryption == "starttls":
        try:
            smtp.starttls(context=ssl.create_default_context())
        except (smtplib.SMTPNotSupportedError, smtplib.SMTPResponseException):
            smtp.close()
            raise NotSent("not-encrypted") from None
        except BaseException:
            smtp.close()
            raise
    return smtp


def _sign_in(smtp: smtplib.SMTP, server: MailServer) -> None:
    if not server.user:
        return
    try:
        smtp.login(server.user, server.password)
    except smtplib.SMTPServerDisconnected:
        raise
    except smtplib.SMTPException:
        raise NotSent("sign-in-refused") from None
