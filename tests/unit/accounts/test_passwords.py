"""What a stolen table of password hashes is worth: nothing that can be tried in bulk."""

from __future__ import annotations

from registry.accounts import passwords

OWASP_MINIMUM = "$argon2id$v=19$m=19456,t=2,p=1$"


def test_the_program_hashes_at_no_less_than_the_published_minimum() -> None:
    """The hash it made when it was imported: the tests themselves hash at next to no cost after that."""
    assert passwords._NOBODY.startswith(OWASP_MINIMUM)


def test_a_password_fits_its_own_hash_alone() -> None:
    held = passwords.hash_password("a walk along the river")

    assert passwords.is_right("a walk along the river", held)
    assert not passwords.is_right("a walk along the canal", held)
    assert not passwords.is_right("the password of an account that does not exist", None)


def test_a_hash_of_another_cost_is_made_again() -> None:
    assert passwords.needs_rehash("$argon2id$v=19$m=1024,t=1,p=1$c29tZXNhbHQ$c29tZWhhc2hzb21laGFzaA")
    assert not passwords.needs_rehash(passwords.hash_password("a walk along the river"))
