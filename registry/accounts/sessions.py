"""Signed-in sessions: a random token in the cookie, its SHA-256 in the database, an idle and an absolute end."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask, Request, Response, current_app, g, request

from config import Settings
from registry import clock
from registry.accounts.models import SignedInSession, User
from registry.accounts.queries import get_session_by_token
from registry.db.transaction import end_read, write
from registry.extensions import db, login

TOUCH_EVERY = timedelta(seconds=60)
"""A page view moves ``seen_at`` at most this often: a write per click would be a lock per click."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Which session this request belongs to and when it was last seen, as values that outlive its transaction."""

    session_id: uuid.UUID
    at: datetime


def cookie_name(settings: Settings) -> str:
    return "sid" if settings.insecure_cookies else "__Host-sid"


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def start(user: User, *, now: datetime) -> str:
    """Add a new session for ``user`` (inside ``write()``) and return its token."""
    settings: Settings = current_app.config["SETTINGS"]
    token = secrets.token_urlsafe(32)
    db.session.add(
        SignedInSession(
            token_hash=token_digest(token),
            user_id=user.id,
            created_at=now,
            seen_at=now,
            ends_at=now + timedelta(hours=settings.absolute_hours),
            device=(request.user_agent.string or "unknown")[:200],
        )
    )
    return token


def set_cookie(response: Response, token: str) -> None:
    settings: Settings = current_app.config["SETTINGS"]
    response.set_cookie(
        cookie_name(settings),
        token,
        secure=not settings.insecure_cookies,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def clear_cookie(response: Response) -> None:
    settings: Settings = current_app.config["SETTINGS"]
    response.delete_cookie(cookie_name(settings), path="/", secure=not settings.insecure_cookies, httponly=True)


def is_alive(session: SignedInSession, *, now: datetime, settings: Settings) -> bool:
    """Whether the session still signs somebody in."""
    return (
        session.ended_at is None
        and session.user.is_active
        and now < session.ends_at
        and now - session.seen_at < timedelta(minutes=settings.idle_minutes)
    )


def _load_user(_request: Request) -> User | None:
    settings: Settings = current_app.config["SETTINGS"]
    token = _request.cookies.get(cookie_name(settings), "")
    if not token:
        return None
    session = get_session_by_token(token_digest(token))
    if session is None or not is_alive(session, now=clock.now(), settings=settings):
        return None
    g.signed_in_session = session
    g.seen = Seen(session.id, session.seen_at)
    g.user_id = session.user_id
    return session.user


def expired_owner(wanted: Request) -> uuid.UUID | None:
    """Whose session this cookie once was: known even after it ended by idleness, not after signing out."""
    settings: Settings = current_app.config["SETTINGS"]
    token = wanted.cookies.get(cookie_name(settings), "")
    session = get_session_by_token(token_digest(token)) if token else None
    return session.user_id if session is not None and session.ended_at is None else None


def current_session() -> SignedInSession | None:
    """The session of this request, once somebody asked who is signed in."""
    session: SignedInSession | None = g.get("signed_in_session")
    return session


def init_app(app: Flask) -> None:
    """Keep a session alive while its owner opens pages."""
    login.request_loader(_load_user)

    @app.after_request
    def _touch(response: Response) -> Response:
        seen: Seen | None = g.get("seen")
        if seen is None or request.endpoint in {None, "static"} or response.status_code >= 400:
            return response
        now = clock.now()
        if now - seen.at >= TOUCH_EVERY:
            end_read()
            with write():
                fresh = db.session.get(SignedInSession, seen.session_id)
                if fresh is not None and fresh.ended_at is None:
                    fresh.seen_at = now
        return response
