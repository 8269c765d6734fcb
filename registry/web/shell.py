"""The frame around every signed-in page: who, where, and the ways to go that this role has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app, request
from flask_login import current_user

from registry import clock
from registry.access.policy import actions_by_clinic
from registry.access.roles import TITLES, Role
from registry.web.addresses import page_address

if TYPE_CHECKING:  # web stands below accounts
    from registry.accounts.models import User


@dataclass(frozen=True, slots=True)
class Way:
    """One entry of the navigation."""

    label: str
    url: str
    icon: str
    is_current: bool
    count: int | str | None = None
    is_urgent: bool = False
    starts_group: bool = False


@dataclass(frozen=True, slots=True)
class Shell:
    """Who is signed in, and where."""

    clinic_name: str
    user_name: str
    role: str
    sign_out_url: str
    account_url: str
    is_demo: bool
    idle_seconds: int
    stay_url: str


@dataclass(frozen=True, slots=True)
class _Place:
    """A first-class page: its endpoint, and the action that opens it."""

    label: str
    endpoint: str
    icon: str
    action: str
    starts_group: bool = False


PLACES = (
    _Place("My day", "alerts.worklist", "day", "caseload.list"),
    _Place("Caseload", "caseload.caseload", "caseload", "caseload.list"),
    _Place("Case review", "review.queue", "review", "review.read"),
    _Place("Clinic", "quality.clinic", "clinic", "clinic.read"),
    _Place("My people", "caseload.my_people", "patients", "patient.read-own"),
    _Place("Patients", "episodes.people", "patients", "patient.read", starts_group=True),
    _Place("Measures", "administration.instruments", "measures", "instrument.read"),
    _Place("Team", "administration.team", "users", "work.reassign", starts_group=True),
    _Place("Users", "administration.users", "users", "user.manage", starts_group=True),
    _Place("Clinics", "administration.clinics", "settings", "clinic.manage"),
    _Place("Rules", "administration.rules", "settings", "rule.read"),
    _Place("Health", "administration.health", "good", "system.health"),
    _Place("Audit trail", "administration.audit", "audit", "audit.own"),
)


def places_for(user: User) -> list[_Place]:
    """What this person's roles open, in order; places that are not built yet do not exist."""
    built = current_app.view_functions
    permitted = frozenset().union(*actions_by_clinic(user).values())
    return [place for place in PLACES if place.endpoint in built and place.action in permitted]


def first_page(user: User) -> str:
    """Care managers start with their day, psychiatrists with the queue, leads with the clinic."""
    roles = {role for held in user.roles_by_clinic().values() for role in held}
    preferred = "quality.clinic" if Role.CLINIC_LEAD in roles else "review.queue" if Role.PSYCHIATRIST in roles else ""
    endpoints = [place.endpoint for place in places_for(user)]
    if preferred in endpoints:
        return page_address(preferred)
    return page_address(endpoints[0]) if endpoints else page_address("accounts.change_password")


def build(user: User) -> dict[str, Any]:
    """``shell`` and ``navigation`` for the templates."""
    settings = current_app.config["SETTINGS"]
    open_memberships = [membership for membership in user.memberships if membership.ends_on is None]
    clinics = sorted({membership.clinic.name for membership in open_memberships})
    roles = sorted({TITLES[Role(membership.role)] for membership in open_memberships})
    shell = Shell(
        clinic_name=clinics[0] if len(clinics) == 1 else f"{len(clinics)} clinics",
        user_name=user.name,
        role=", ".join(roles),
        sign_out_url=page_address("accounts.sign_out"),
        account_url=page_address("accounts.change_password"),
        is_demo=settings.is_demo,
        idle_seconds=settings.idle_minutes * 60,
        stay_url=page_address("accounts.stay"),
    )
    section = "" if _is_in_a_record() else (request.endpoint or "").split(".")[0]
    navigation = [
        Way(
            label=place.label,
            url=page_address(place.endpoint),
            icon=place.icon,
            is_current=request.endpoint == place.endpoint
            or (section == place.endpoint.split(".")[0] and section != "administration"),
            starts_group=place.starts_group,
        )
        for place in places_for(user)
    ]
    return {"shell": shell, "navigation": navigation}


def _is_in_a_record() -> bool:
    """Whether the page is a part of one person's record, which is reached from every place and lies in none."""
    return request.url_rule is not None and request.url_rule.rule.startswith("/patients/<uuid:patient_id>")


def init_app(app: Flask) -> None:
    @app.context_processor
    def _shell() -> dict[str, Any]:
        signed_in = bool(current_user) and current_user.is_authenticated
        return build(current_user) if signed_in else {"navigation": (), "shell": None}

    @app.before_request
    def _note_now() -> None:
        request.environ.setdefault("registry.now", clock.now())
