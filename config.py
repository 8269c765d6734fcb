"""Settings from the environment: the only place that reads ``os.environ``.

Every default is the right one for production. ``REGISTRY_ENV=demo`` relaxes exactly what a laptop without TLS
and without a secret needs, and marks the database as invented.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast, get_args

ROOT = Path(__file__).parent

_WEB_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)*")
_MAIL_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+")

Environment = Literal["production", "demo", "test"]
Encryption = Literal["starttls", "tls", "none"]
"""How the way to the mail server is encrypted: after a greeting, from the first byte, or not at all."""

_LOOPBACK = ("localhost", "127.0.0.1", "::1")

HELP_LINE = "Call or text 988, the Suicide and Crisis Lifeline, at any time."
"""The number in the United States."""


class SettingsError(RuntimeError):
    """The environment does not hold what the program needs; the message says which variable and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where e-mail is handed over, and what it says of where it comes from."""

    host: str
    port: int = 587
    encryption: Encryption = "starttls"
    user: str = ""
    """Empty: the server asks nobody to sign in."""
    password: str = field(default="", repr=False)
    sender: str
    address: str
    """Where people open the registry in a browser: every e-mail leads there."""

    def __post_init__(self) -> None:
        if self.encryption not in get_args(Encryption):
            raise SettingsError("REGISTRY_SMTP_TLS must be starttls, tls or none")
        if self.encryption == "none" and self.host not in _LOOPBACK:
            raise SettingsError("REGISTRY_SMTP_TLS=none is refused except for a server on this machine")
        if not 0 < self.port < 65_536:
            raise SettingsError("REGISTRY_SMTP_PORT must be a port, 1 to 65535")
        if not _MAIL_ADDRESS.fullmatch(self.sender):
            raise SettingsError("REGISTRY_MAIL_FROM must be an e-mail address such as registry@clinic.org")
        if not _WEB_ADDRESS.fullmatch(self.address):
            raise SettingsError("REGISTRY_ADDRESS must be a web address such as https://registry.clinic.org")

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> MailServer | None:
        """None where ``REGISTRY_SMTP_HOST`` is empty: then no e-mail is sent."""
        host = env.get("REGISTRY_SMTP_HOST", "")
        if not host:
            return None
        return cls(
            host=host,
            port=_whole(env, "REGISTRY_SMTP_PORT", 587),
            encryption=cast(Encryption, env.get("REGISTRY_SMTP_TLS", "starttls")),
            user=env.get("REGISTRY_SMTP_USER", ""),
            password=env.get("REGISTRY_SMTP_PASSWORD", ""),
            sender=env.get("REGISTRY_MAIL_FROM", ""),
            address=env.get("REGISTRY_ADDRESS", "").rstrip("/"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that may differ between two installations."""

    secret_key: str
    environment: Environment = "production"
    data_folder: Path = ROOT / "instance"
    database_url: str = ""
    """SQLAlchemy address the program uses. Empty: ``registry.db`` in the data folder."""
    migration_url: str = ""
    """Address of the role that owns the tables (PostgreSQL). Empty: the same as ``database_url``."""
    database_key: str = ""
    """64 hexadecimal digits: encrypts the SQLite file (SQLCipher). Empty: plain."""
    audit_key: str = ""
    """Keys the audit chain (HMAC-SHA-256) so that whoever can write the database cannot forge it."""
    instruments_folder: Path = ROOT / "instruments"
    extra_instruments_folder: Path | None = None
    """A clinic's own instrument and wording files, outside the program."""
    fhir_base: str = ""
    """Web address below which this installation names its FHIR resources. Empty: they are named by UUIDs."""
    help_line: str = HELP_LINE
    """What a person in danger is told to do, on what is printed for them."""
    mail: MailServer | None = None
    """None: no e-mail is sent."""
    idle_minutes: int = 15
    """A signed-in session ends after this many minutes without a page (NIST SP 800-63B-4, AAL3)."""
    absolute_hours: int = 12
    trusted_proxies: int = 0
    """How many reverse proxies set ``X-Forwarded-*``; 0 believes none of them."""
    insecure_cookies: bool = False
    """Allow the session cookie over plain HTTP: demo and tests only."""
    log_level: str = "INFO"

    def __post_init__(self) -> None:
        if len(self.secret_key) < 32:
            raise SettingsError("Set REGISTRY_SECRET_KEY to at least 32 random characters")
        if self.insecure_cookies and self.environment == "production":
            raise SettingsError("REGISTRY_INSECURE_COOKIES is refused in production: serve over HTTPS")
        if self.database_key and (len(self.database_key) != 64 or not _is_hexadecimal(self.database_key)):
            raise SettingsError("REGISTRY_DATABASE_KEY must be 64 hexadecimal digits")
        if self.fhir_base and not _WEB_ADDRESS.fullmatch(self.fhir_base):
            raise SettingsError("REGISTRY_FHIR_BASE must be a web address such as https://registry.clinic.org/fhir")

    @property
    def is_demo(self) -> bool:
        return self.environment == "demo"

    @property
    def app_database_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_folder / 'registry.db'}"

    @property
    def owner_database_url(self) -> str:
        return self.migration_url or self.app_database_url

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read ``REGISTRY_*``. Raises ``SettingsError`` naming the variable that is missing or wrong."""
        env = os.environ if environ is None else environ
        kind = _environment(env.get("REGISTRY_ENV", "production"))
        is_demo = kind == "demo"
        folder = Path(env.get("REGISTRY_DATA", ROOT / "instance")) / ("demo" if is_demo else "")
        return cls(
            environment=kind,
            secret_key=_secret(env, folder, is_demo=is_demo),
            data_folder=folder,
            database_url=env.get("REGISTRY_DATABASE_URL", ""),
            migration_url=env.get("REGISTRY_MIGRATION_URL", ""),
            database_key=env.get("REGISTRY_DATABASE_KEY", ""),
            audit_key=env.get("REGISTRY_AUDIT_KEY", ""),
            extra_instruments_folder=_folder(env.get("REGISTRY_INSTRUMENTS")),
            fhir_base=env.get("REGISTRY_FHIR_BASE", "").rstrip("/"),
            help_line=env.get("REGISTRY_HELP_LINE") or HELP_LINE,
            mail=MailServer.from_environment(env),
            idle_minutes=_whole(env, "REGISTRY_IDLE_MINUTES", 15),
            absolute_hours=_whole(env, "REGISTRY_ABSOLUTE_HOURS", 12),
            trusted_proxies=_whole(env, "REGISTRY_TRUSTED_PROXIES", 0),
            insecure_cookies=is_demo or env.get("REGISTRY_INSECURE_COOKIES") == "yes",
            log_level=env.get("REGISTRY_LOG_LEVEL", "INFO").upper(),
        )


def _secret(env: Mapping[str, str], folder: Path, *, is_demo: bool) -> str:
    given = env.get("REGISTRY_SECRET_KEY", "")
    if given or not is_demo:
        return given
    # The demo serves from two processes: they must agree on a secret, and nobody typed one.
    kept = folder / "secret"
    if not kept.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept.write_text(secrets.token_hex(32))
        kept.chmod(0o600)
    return kept.read_text()


def _environment(name: str) -> Environment:
    if name == "production":
        return "production"
    if name == "demo":
        return "demo"
    if name == "test":
        return "test"
    raise SettingsError("REGISTRY_ENV must be production, demo or test")


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    try:
        value = int(env.get(name, default))
    except ValueError:
        raise SettingsError(f"{name} must be a whole number") from None
    if value < 0:
        raise SettingsError(f"{name} must not be negative")
    return value


def _folder(path: str | None) -> Path | None:
    return Path(path) if path else None


def _is_hexadecimal(text: str) -> bool:
    return all(character in "0123456789abcdefABCDEF" for character in text)
