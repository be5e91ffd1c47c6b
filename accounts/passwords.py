"""What a password must be: long enough, not common, hard to guess. No rules of composition: they weaken it."""

import re
import secrets
from typing import Any

from django.core.exceptions import ValidationError
from zxcvbn import zxcvbn

from lexai.characters import is_storable

LENGTH_MOST = 128
TYPED_LENGTH_MOST = 4096  # what a sign-in takes: longer ones are none of ours
ADDRESS_LENGTH_MOST = 320
LENGTH_LOOKED_AT = 72  # zxcvbn's time grows steeply with the length; beyond this nothing is guessable
SCORE_LEAST = 3  # of 4: more than 10^8 guesses
INPUTS_LENGTH_MOST = 100
GENERATED_BYTES = 15


def generated_password() -> str:
    """Return a password that nobody guesses, for whoever is told it once."""
    return secrets.token_urlsafe(GENERATED_BYTES)


class LengthValidator:
    """Refuse what is longer than anybody types, or is no text."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > LENGTH_MOST:
            raise ValidationError(f"This password is too long. Use at most {LENGTH_MOST} characters.")
        if not is_storable(password):
            raise ValidationError("This password holds characters that are not text. Remove them.")

    def get_help_text(self) -> str:
        return f"At most {LENGTH_MOST} characters."


class GuessesValidator:
    """Refuse what a guesser who knows the person would soon find."""

    def validate(self, password: str, user: Any = None) -> None:
        if not password:
            return
        found = zxcvbn(password[:LENGTH_LOOKED_AT], user_inputs=_known_words(user))
        if found["score"] < SCORE_LEAST:
            raise ValidationError(
                "This password is too easy to guess. Make it longer, for example with words that do not belong "
                "together."
            )

    def get_help_text(self) -> str:
        return "Hard to guess: several words that do not belong together are best."


def _known_words(user: Any) -> list[str]:
    """Return what a guesser knows of the person."""
    if user is None:
        return ["lexai"]
    known = [user.get_full_name(), user.firm_name or "", user.email, *user.email.split("@")]
    words = [word[:INPUTS_LENGTH_MOST] for text in known for word in _spellings(text) if word]
    return list(dict.fromkeys(["lexai", *words]))  # each once: the later one stands, the rarer it seems


def _spellings(text: str) -> list[str]:
    """Return a text in lower case, its words, and the words joined, forwards and backwards."""
    text = text.lower()
    words = re.split(r"[\s.,'_-]+", text)
    return [text, *words, "".join(words), "".join(reversed(words))]
