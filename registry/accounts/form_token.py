"""The token against forged requests changes hands with the browser: a new one at every sign-in and sign-out.

Whoever used the browser before, signed in or not, knows nothing of the next person's token. One thing is kept: the
token of the same person's last session, so that a form left open in another window over the end of that session is
not lost. It is not taken as it is; its owner is shown it with one button that sends it with the new token.
"""

from __future__ import annotations

import hmac
import uuid

from flask import Request, current_app, g, session
from itsdangerous import BadData, URLSafeTimedSerializer

from registry.accounts.models import User

FIELD = "csrf_token"
"""Where Flask-WTF keeps the raw token in the form cookie, and the signed one for the length of a request."""

_OWNER, _EARLIER = "form_owner", "earlier_token"


def renew(user: User) -> None:
    """At sign-in. The earlier token stays known if it was the same person's."""
    is_theirs = session.get(_OWNER) == str(user.id)
    earlier = session.get(FIELD)
    forget()
    session[_OWNER] = str(user.id)
    if is_theirs and earlier:
        session[_EARLIER] = earlier


def forget() -> None:
    """At sign-out: nothing of the person stays in the form cookie, but the words the next page shows."""
    for name in [name for name in session if name != "_flashes"]:
        session.pop(name)
    g.pop(FIELD, None)


def is_earlier(request: Request, user_id: uuid.UUID) -> bool:
    """Whether the form was made in this browser, by this person, before their session ended and began anew."""
    earlier = session.get(_EARLIER, "")
    try:
        sent = _signer().loads(request.form.get(FIELD, ""))
    except BadData:
        return False
    return bool(earlier) and session.get(_OWNER) == str(user_id) and hmac.compare_digest(str(sent), earlier)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="wtf-csrf-token")  # Flask-WTF's own
