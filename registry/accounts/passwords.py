"""Passwords: argon2id, and what makes one acceptable."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 15
"""As the sole factor (NIST SP 800-63B-4 §3.1.1.2). No rules about kinds of characters, no expiry."""
LONGEST = 128

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP minimum for argon2id

_NOBODY = _hasher.hash("the password of an account that does not exist")

_COMMON = frozenset({"passwordpassword", "123456789012345", "qwertyuiopasdfgh", "correcthorsebatterystaple"})


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def is_right(password: str, password_hash: str | None) -> bool:
    """Whether the password fits. Takes as long for an account that does not exist."""
    try:
        _hasher.verify(password_hash or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    return _hasher.check_needs_rehash(password_hash)


def why_unacceptable(password: str, *, email: str = "", name: str = "") -> str:
    """What is wrong with a new password, or an empty text."""
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters: a few words are easy to remember"
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters"
    folded = "".join(password.casefold().split())
    if folded in _COMMON or len(set(folded)) < 5:
        return "This password is among the first that somebody would try. Use a few words of your own"
    own = {email.split("@", maxsplit=1)[0].casefold(), "".join(name.casefold().split())} - {""}
    if any(len(part) > 3 and part in folded for part in own):
        return "Leave your name and e-mail address out of the password"
    return ""
