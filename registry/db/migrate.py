"""Bringing a database to a version of its tables, from the program itself."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from config import Settings

FOLDER = Path(__file__).parent.parent / "migrations"


def _config(settings: Settings) -> Config:
    config = Config(FOLDER / "alembic.ini")
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["settings"] = settings
    return config


def upgrade(settings: Settings, revision: str = "head") -> None:
    """Run the migrations up to ``revision``, as the owner of the tables."""
    if not settings.migration_url and not settings.database_url:
        settings.data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    command.upgrade(_config(settings), revision)


def downgrade(settings: Settings, revision: str) -> None:
    """Run the migrations down to ``revision`` (``base``: nothing is left)."""
    command.downgrade(_config(settings), revision)


def check(settings: Settings) -> None:
    """Raise when the models and the migrated tables differ."""
    command.check(_config(settings))
