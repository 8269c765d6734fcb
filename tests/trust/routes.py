"""Every route of the program, with the addresses it answers in a world."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from registry.access.policy import policy_of
from registry.access.roles import GRANTS
from tests.trust.expected import EVERYBODY, SIGNED_IN
from tests.trust.world import Place

RENAMED = {
    "episodes.reopen": {"patient_id": "left_id", "episode_id": "ended_episode_id"},
    "episodes.answer_transfer": {"patient_id": "handed_over_id", "transfer_id": "proposal_id"},
    "tasks.answer_own": {"task_id": "own_task_id"},
    "tasks.change_own": {"sent_id": "own_sent_id"},
    "tasks.take_back_own": {"sent_id": "own_sent_id"},
    "measurements.draft": {"measurement_id": "draft_id"},
    "measurements.discard": {"measurement_id": "draft_id"},
    "administration.end_role": {"user_id": "colleague_id"},
    "administration.reactivate": {"user_id": "colleague_id"},
    "administration.deactivate": {"user_id": "colleague_id"},
    "administration.sign_out_user": {"user_id": "colleague_id"},
    "administration.invitation": {"user_id": "invited_id"},
    "administration.renew_invitation": {"user_id": "invited_id"},
}
"""Endpoint → argument → which of the world's values it means there."""

REACHES_ITS_ORGANISATION = frozenset({"user.manage", "user.invite", "clinic.manage", "system.health"})
"""Actions of an administrator: the sister clinic is theirs too, another organisation's is not.

A lead invites too, in one clinic alone: ``tests/integration/administration/test_invitations.py``."""


@dataclass(frozen=True)
class Route:
    """One rule of the map."""

    endpoint: str
    rule: str
    arguments: tuple[str, ...]
    reads: bool
    writes: bool
    action: str | None

    def address(self, values: Mapping[str, object]) -> str:
        """Where the route answers for these arguments."""
        address = self.rule
        for name in self.arguments:
            value = values[RENAMED.get(self.endpoint, {}).get(name, name)]
            for spelling in (f"<uuid:{name}>", f"<int:{name}>", f"<{name}>"):
                address = address.replace(spelling, str(value))
        assert "<" not in address, f"{self.rule}: the world has no value of this kind"
        return address

    @property
    def ids(self) -> tuple[str, ...]:
        """The arguments that name a row."""
        return tuple(name for name in self.arguments if f"<uuid:{name}>" in self.rule)


def routes(app: Flask) -> list[Route]:
    """Every route but static files, in a steady order."""
    rules = (rule for rule in app.url_map.iter_rules() if rule.endpoint != "static")
    return sorted((_route(app, rule) for rule in rules), key=lambda each: (each.endpoint, each.rule))


def _route(app: Flask, rule: Rule) -> Route:
    methods = rule.methods or set()
    return Route(
        endpoint=rule.endpoint,
        rule=rule.rule,
        arguments=tuple(sorted(rule.arguments)),
        reads="GET" in methods,
        writes="POST" in methods,
        action=policy_of(app.view_functions[rule.endpoint]).action,
    )


def granted(app: Flask, endpoint: str) -> str | frozenset[str]:
    """Who may, as the program itself derives it from the route's action and the roles' grants."""
    wanted = policy_of(app.view_functions[endpoint])
    if wanted.is_public:
        return EVERYBODY
    if wanted.action is None:
        return SIGNED_IN
    return frozenset(role.value for role, actions in GRANTS.items() if wanted.action in actions)


def mixed(own: Place, foreign: Place, route: Route) -> Iterator[dict[str, object]]:
    """One's own ids with one of them foreign: for each id of the route after the first."""
    for name in route.ids[1:] if len(route.ids) > 1 else ():
        spelled = RENAMED.get(route.endpoint, {}).get(name, name)
        yield {**own.arguments, spelled: foreign.arguments[spelled]}


def token_of(client: FlaskClient) -> str:
    """The token against forged requests of this browser."""
    return token_in(client.get("/account/password", follow_redirects=True))


def token_in(page: TestResponse) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', page.text)
    assert found is not None
    return found[1]
