"""Inviting somebody, as whoever may does it in the browser."""

from __future__ import annotations

from urllib.parse import urlsplit

from sqlalchemy import select
from werkzeug.test import TestResponse

from registry.accounts.models import User
from registry.extensions import db
from tests.integration.administration.conftest import House
from tests.pages import fill_in, page_of, words

USERS = "/administration/users"
ADD = f"{USERS}/new"
NEW = {"name": "Nia New", "email": "nia@example.org", "role": "clinician"}


def invite(house: House, by: str = "admin", **typed: str) -> TestResponse:
    return fill_in(house.browser_of(by), ADD, {**NEW, "clinic_id": str(house.harbor), **typed})


def the_invited() -> User:
    return db.session.scalars(select(User).where(User.email == NEW["email"])).one()


def link_in(page: TestResponse) -> str:
    field = page_of(page).select_one("textarea#link")
    assert field is not None, words(page)
    return urlsplit(field.get_text(strip=True)).path
