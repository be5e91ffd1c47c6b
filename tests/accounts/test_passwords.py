"""What a password must be."""

import time

import pytest

from accounts import passwords, services
from accounts.models import User
from lexai.errors import NotAcceptable, NotAllowed
from tests.browsing import Browser, password_of

STRONG = [
    "harbour violin cactus 9",
    "correct horse battery",
    "x" * 20 + "kitchen tuba 81 meadow",
    "Zürich Möwe Käse",
]


def change(user, new):
    return services.change_password(user, password_of(user), new, by=user, address="192.0.2.1")


@pytest.mark.parametrize(
    ("weak", "sentence"),
    [
        ("short", "too short"),
        ("password", "too common"),
        ("12345678", "too common"),
        ("aaaaaaaaaaaaaaaaaaaa", "too easy to guess"),
        ("ana@hart.example", "too easy to guess"),
        ("hartlaw1", "too easy to guess"),
        ("qwertyuiop[]", "too easy to guess"),
        ("x9" * 65, "too long"),
        ("harbour violin\x00 cactus", "characters that are not text"),
        ("harbour violin\ud800 cactus", "characters that are not text"),
    ],
)
def test_a_weak_password_is_refused_with_a_sentence_that_names_the_field(cast, weak, sentence):
    with pytest.raises(NotAcceptable) as refusal:
        change(cast.ana, weak)

    assert list(refusal.value.errors) == ["new"]
    assert sentence in str(refusal.value)


@pytest.mark.parametrize(
    "strong", [*STRONG, "harbour violin cactus " * 5 + "9", "\U0001f511 harbour violin 9 \U0001f511"]
)
def test_a_strong_password_needs_no_special_characters_and_signs_in(cast, strong):
    change(cast.ana, strong)

    assert Browser().sign_in(cast.ana.email, strong).status_code == 200
    assert Browser().sign_in(cast.ana.email, strong[:-1]).status_code == 401


@pytest.mark.parametrize("length", [72, 73, 100, 128])
def test_every_character_counts(cast, length):
    password = ("harbour violin cactus 9 meadow tuba " * 4)[: length - 1]
    change(cast.ana, password + "a")

    assert Browser().sign_in(cast.ana.email, password + "a").status_code == 200
    assert Browser().sign_in(cast.ana.email, password + "b").status_code == 401


def test_the_longest_password_is_judged_quickly():
    started = time.process_time()
    with pytest.raises(passwords.ValidationError):
        passwords.GuessesValidator().validate("a" * 128)

    assert time.process_time() - started < 2


@pytest.mark.parametrize("joined", ["kimlee2026", "KimLee123!", "leekim1985", "LeeKim123!", "KIMLEE-2026"])
def test_the_names_of_a_person_make_no_password_however_they_are_joined(joined):
    kim = User(first_name="Kim", last_name="Lee", email="kim.lee@hart.example", firm_name="Hart Law")

    with pytest.raises(passwords.ValidationError):
        passwords.GuessesValidator().validate(joined, kim)


def test_a_password_is_not_changed_to_itself(cast):
    password = password_of(cast.ana)
    browser = Browser()
    browser.sign_in(cast.ana.email, password)

    refused = browser.submit("/account/password/", current=password, new=password)

    assert refused.status_code == 400
    assert "The new password is the current one. Choose another." in refused.content.decode()
    assert browser.is_in()


def test_nobody_changes_the_password_of_another(cast):
    with pytest.raises(NotAllowed):
        services.change_password(cast.ana, "x", STRONG[0], by=cast.dora, address="192.0.2.1")
