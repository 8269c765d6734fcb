"""The base every table stands on."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import event, orm
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from registry.db.identifiers import new_id
from registry.db.types import Document, Hundredths, UtcDateTime

_rows = orm.registry(
    metadata=sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    ),
    type_annotation_map={
        str: sa.Text(),
        uuid.UUID: sa.Uuid(),
        date: sa.Date(),
        datetime: UtcDateTime(),
        Decimal: Hundredths(),
        dict[str, Any]: Document,
        list[str]: Document,
        list[dict[str, Any]]: Document,
    },
)


class Base(DeclarativeBase):
    """Tables with named constraints: an unnamed one cannot be turned into a message, or be migrated."""

    registry = _rows


class Identified:
    """A row that knows its identifier from the moment it is made."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


@event.listens_for(Identified, "init", propagate=True)
def _give_an_identifier(_target: object, _args: tuple[object, ...], kwargs: dict[str, Any]) -> None:
    kwargs.setdefault("id", new_id())


class Versioned:
    """A row two people may edit: the second to save an old version is told, and nothing is lost."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class Audited:
    """A row whose every change must be named by an audit event in the same transaction."""


class Scoped:
    """A row that only the bound scope (``registry.access.scope``) may read or write."""


class PatientItself(Scoped):
    """The row of the person: its own ``id`` is the patient's."""


class PatientLinked(Scoped):
    """A row about a person, carrying ``patient_id``."""

    is_clinics_own: ClassVar[bool] = False
    """Whether it is a ``ClinicsOwn``."""

    @declared_attr
    def patient_id(cls) -> Mapped[uuid.UUID]:
        return mapped_column(sa.ForeignKey("patient.id", ondelete="RESTRICT"), index=True)


class ClinicsOwn:
    """A row that stands for an episode of the clinic it names, as ``clinic_id``."""

    is_clinics_own: ClassVar[bool] = True


class EpisodeLinked(PatientLinked):
    """A row about one episode. The pair of keys makes it impossible to point at another person's episode."""

    episode_id: Mapped[uuid.UUID] = mapped_column()

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:
        return episode_key(), *cls.more_table_args()

    @classmethod
    def more_table_args(cls) -> tuple[Any, ...]:
        """Constraints of the table itself, beside the key to the episode."""
        return ()


class Withdrawable:
    """A row that may turn out to be wrong: kept, struck through, and since when and by whom."""

    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))


def columns_of(table: type[Base]) -> tuple[Any, ...]:
    """Every column of a table, to select rows that need not be objects. The scope narrows them like objects."""
    return tuple(getattr(table, column.key) for column in sa.inspect(table).column_attrs)


def episode_key(column: str = "episode_id", *, name: str | None = None) -> sa.ForeignKeyConstraint:
    """The composite key ``(episode, patient)``."""
    return same_person(column, "episode", name=name)


def same_person(column: str, table: str, *, name: str | None = None) -> sa.ForeignKeyConstraint:
    """The composite key ``(row of table, patient)``: what hangs together is about one person.

    It may be put off to the end of a transaction: a merge moves both ends to another record, one after the other.
    """
    return sa.ForeignKeyConstraint(
        [column, "patient_id"],
        [f"{table}.id", f"{table}.patient_id"],
        name=name,
        ondelete="RESTRICT",
        deferrable=True,
        initially="IMMEDIATE",
    )


def withdrawn_has_date() -> sa.CheckConstraint:
    """A named CHECK that what is marked as entered in error says since when, and nothing else does."""
    return sa.CheckConstraint("(status = 'entered-in-error') = (withdrawn_at IS NOT NULL)", name="withdrawn_has_date")


def one_of(column: str, values: Any, *, name: str | None = None) -> sa.CheckConstraint:
    """A named CHECK that ``column`` holds one of ``values`` (NULL passes: say NOT NULL on the column)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=name or f"{column}_known")
