"""What the program is started with: right by default in production, and refused by name when wrong."""

from __future__ import annotations

import os
import runpy
from pathlib import Path

import pytest

from config import Settings, SettingsError

SECRET = "s" * 32
GOOD = {"REGISTRY_SECRET_KEY": SECRET}


def _read(tmp_path: Path, **environment: str) -> Settings:
    return Settings.from_environment({"REGISTRY_DATA": str(tmp_path), **environment})


def test_without_a_secret_nothing_starts(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="REGISTRY_SECRET_KEY"):
        _read(tmp_path)


def test_a_short_secret_is_none(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="at least 32 random characters"):
        _read(tmp_path, REGISTRY_SECRET_KEY="short")


def test_the_defaults_are_right_for_production(tmp_path: Path) -> None:
    settings = _read(tmp_path, **GOOD)

    assert settings.environment == "production"
    assert not settings.insecure_cookies
    assert not settings.is_demo
    assert (settings.idle_minutes, settings.absolute_hours, settings.trusted_proxies) == (15, 12, 0)
    assert settings.app_database_url == f"sqlite:///{tmp_path / 'registry.db'}"


def test_the_demo_keeps_a_secret_of_its_own_in_a_folder_of_its_own(tmp_path: Path) -> None:
    first, second = (_read(tmp_path, REGISTRY_ENV="demo") for _ in range(2))

    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert first.data_folder == tmp_path / "demo"
    assert (first.data_folder / "secret").stat().st_mode & 0o077 == 0
    assert first.insecure_cookies


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("REGISTRY_ENV", "staging"),
        ("REGISTRY_IDLE_MINUTES", "soon"),
        ("REGISTRY_IDLE_MINUTES", "-1"),
        ("REGISTRY_ABSOLUTE_HOURS", "1.5"),
        ("REGISTRY_TRUSTED_PROXIES", "all"),
        ("REGISTRY_DATABASE_KEY", "0123"),
        ("REGISTRY_DATABASE_KEY", "g" * 64),
        ("REGISTRY_INSECURE_COOKIES", "yes"),
        ("REGISTRY_FHIR_BASE", "registry.clinic.example"),
        ("REGISTRY_FHIR_BASE", "https://registry.clinic.example/a|b"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_variable(tmp_path: Path, variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match=variable):
        _read(tmp_path, **GOOD, **{variable: value})


MAIL = {
    "REGISTRY_SMTP_HOST": "mail.clinic.example",
    "REGISTRY_MAIL_FROM": "registry@clinic.example",
    "REGISTRY_ADDRESS": "https://registry.clinic.example/",
}


def test_without_a_mail_server_there_is_no_mail_and_with_one_it_is_encrypted(tmp_path: Path) -> None:
    mail = _read(tmp_path, **GOOD, **MAIL, REGISTRY_SMTP_PASSWORD="hunter2").mail

    assert _read(tmp_path, **GOOD).mail is None
    assert mail is not None
    assert (mail.port, mail.encryption, mail.address) == (587, "starttls", "https://registry.clinic.example")
    assert "hunter2" not in repr(mail)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("REGISTRY_SMTP_TLS", "none"),
        ("REGISTRY_SMTP_TLS", "yes"),
        ("REGISTRY_SMTP_PORT", "70000"),
        ("REGISTRY_MAIL_FROM", ""),
        ("REGISTRY_ADDRESS", "registry.clinic.example"),
    ],
)
def test_a_mail_server_is_whole_or_refused(tmp_path: Path, variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match=variable):
        _read(tmp_path, **GOOD, **MAIL | {variable: value})


def test_no_message_repeats_a_secret(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        _read(tmp_path, REGISTRY_SECRET_KEY="hunter2")

    assert "hunter2" not in str(refused.value)


def test_a_setting_that_is_missing_is_named_in_one_line_and_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("REGISTRY_")]:
        monkeypatch.delenv(name)

    with pytest.raises(SystemExit, match="Set REGISTRY_SECRET_KEY") as told:
        runpy.run_path(str(Path(__file__).parents[2] / "wsgi.py"))

    assert told.value.__cause__ is None
