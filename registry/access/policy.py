"""Each route says which action it is; whoever may not do it is refused before the view runs.

``@policy("measurement.record")`` binds the patient scope to the clinics where one of the signed-in person's roles
grants that action. A patient outside it does not exist for the view: absent and foreign are the same 404.
The program refuses to start with a route that has no policy.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from registry.access import scope
from registry.access.permissions import ACTIONS
from registry.access.roles import Role, actions_of

V = TypeVar("V", bound=Callable[..., Any])
T = TypeVar("T")

_POLICY = "__access_policy__"


class Member(Protocol):
    """Somebody signed in, with roles in clinics."""

    @property
    def id(self) -> uuid.UUID: ...

    def roles_by_clinic(self) -> Mapping[uuid.UUID, frozenset[Role]]: ...


@dataclass(frozen=True, slots=True)
class Policy:
    """What a route needs. ``action=None``: open to everybody (``is_public``) or to whoever is signed in."""

    action: str | None = None
    is_public: bool = False


class RouteWithoutPolicy(RuntimeError):
    """A route was added and nobody said who may use it."""


def policy(action: str) -> Callable[[V], V]:
    """The route is this action of ``permissions.ACTIONS``."""
    if action not in ACTIONS:
        raise ValueError(f"no such action: {action}")
    return _mark(Policy(action=action))


def signed_in() -> Callable[[V], V]:
    """Whoever is signed in: one's own account, nobody's record."""
    return _mark(Policy())


def public() -> Callable[[V], V]:
    """Open to everybody: signing in, health."""
    return _mark(Policy(is_public=True))


def _mark(wanted: Policy) -> Callable[[V], V]:
    def decorate(view: V) -> V:
        setattr(view, _POLICY, wanted)
        return view

    return decorate


def policy_of(view: Callable[..., Any]) -> Policy:
    """Raises ``RouteWithoutPolicy``."""
    found = getattr(view, _POLICY, None)
    if not isinstance(found, Policy):
        raise RouteWithoutPolicy(f"{view.__module__}.{view.__name__} has no policy")
    return found


def clinics_where(member: Member, action: str) -> frozenset[uuid.UUID]:
    """The clinics in which this person may do ``action``."""
    return frozenset(
        clinic_id
        for clinic_id, roles in member.roles_by_clinic().items()
        if any(action in actions_of(role) for role in roles)
    )


def actions_by_clinic(member: Member) -> Mapping[uuid.UUID, frozenset[str]]:
    """All that this person may do, by clinic: for whoever asks about many actions."""
    return {
        clinic_id: frozenset().union(*map(actions_of, roles)) for clinic_id, roles in member.roles_by_clinic().items()
    }


def can(member: Member, action: str, *, clinic_id: uuid.UUID | None = None) -> bool:
    """Whether the person may do ``action``, in this clinic or in any."""
    if action not in ACTIONS:
        raise ValueError(f"no such action: {action}")
    clinics = clinics_where(member, action)
    return bool(clinics) if clinic_id is None else clinic_id in clinics


def permitted_clinics(action: str) -> frozenset[uuid.UUID]:
    """The clinics of the person now signed in for ``action``. Stops the request (403) when there is none."""
    clinics = clinics_where(current_user, action)
    if not clinics:
        abort(403)
    return clinics


def found(row: T | None) -> T:
    """The row, or 404: absent and foreign look the same."""
    if row is None:
        abort(404)
    return row


def init_app(app: Flask) -> None:
    """Ask the policy before every view. Static files need none; a password somebody else chose is changed first."""

    @app.before_request
    def _ask_policy() -> Response | None:
        scope.bind(None)
        if request.endpoint is None or request.endpoint == "static":
            return None
        wanted = policy_of(current_app.view_functions[request.endpoint])
        if wanted.is_public:
            return None
        if not current_user.is_authenticated:
            abort(401)
        if wanted.action is not None:
            if current_user.must_change_password:
                return redirect(url_for("accounts.change_password"), 303)
            scope.bind(permitted_clinics(wanted.action))
        return None

    @app.teardown_request
    def _unbind(_error: BaseException | None) -> None:
        scope.unbind()


def refuse_routes_without_policy(app: Flask) -> None:
    """Called last by ``create_app``."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            policy_of(app.view_functions[rule.endpoint])
