"""``among``: one parameter for any number of values."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask
from sqlalchemy import select

from registry.accounts.models import Membership, User
from registry.db.among import among
from registry.extensions import db
from tests.builders import a_clinic, a_user

_BY_ID = select(User.name).where(among(User.id, "ids")).order_by(User.name)
_BY_ROLE = select(User.name).join(User.memberships).where(among(Membership.role, "roles")).order_by(User.name)


@pytest.fixture
def ids(app: Flask) -> dict[str, uuid.UUID]:
    """Three colleagues by name."""
    with app.app_context():
        clinic = a_clinic("Harbour Clinic")
        roles = {"Ana": "care_manager", "Bo": "psychiatrist", "Cy": "clinic_lead"}
        return {name: a_user(name=name, role=role, clinic=clinic).id for name, role in roles.items()}


@pytest.mark.parametrize("names", [[], ["Bo"], ["Ana", "Cy"], ["Ana", "Bo", "Cy"]])
def test_the_rows_among_the_ids_are_found(app: Flask, ids: dict[str, uuid.UUID], names: list[str]) -> None:
    with app.app_context():
        assert db.session.scalars(_BY_ID, {"ids": [ids[name] for name in names]}).all() == names


def test_a_word_with_a_quote_in_it_is_a_word(app: Flask, ids: dict[str, uuid.UUID]) -> None:
    with app.app_context():
        assert db.session.scalars(_BY_ROLE, {"roles": ["clinic_lead", 'it\'s "so", {1}']}).all() == ["Cy"]


def test_ids_are_looked_up_and_the_table_is_not_read_for_them(app: Flask, ids: dict[str, uuid.UUID]) -> None:
    with app.app_context(), db.engine.connect() as connection:
        asked = str(_BY_ID.compile(connection))
        if connection.dialect.name == "postgresql":
            assert "app_user.id = ANY (%(ids)s::UUID[])" in asked
        else:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", ("[]",)).all()
            assert any(step.detail.startswith("SEARCH app_user ") for step in plan)
