"""Refusals of the practice: one family, translated by the doors and caught nowhere else."""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Self

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model

from lexai.characters import CONTROL, is_storable, is_visible
from lexai.encryption.core.values import Sealed

MINUTE, HOUR = 60, 3600  # seconds


def in_time(seconds: int) -> str:
    """Return how long there is to wait, in words such as `in 14 minutes`: rather too long than too short."""
    if seconds < MINUTE:
        return "in a second" if seconds == 1 else f"in {seconds} seconds"
    if seconds < 2 * HOUR:
        minutes = math.ceil(seconds / MINUTE)
        return "in a minute" if minutes == 1 else f"in {minutes} minutes"
    return f"in {math.ceil(seconds / HOUR)} hours"


class DomainError(Exception):
    """The request was refused."""

    status = 400
    retry_after_seconds: int | None = None
    # for the audit alone: whom it is about, and what else is told of it
    client_ids: Sequence[str] = ()
    verb = "access.refused"
    facts: Mapping[str, Any] = {}

    def __str__(self) -> str:
        """Return the sentence given, or the docstring of the class as the sentence the user reads."""
        return super().__str__() or sentence_of(type(self).__doc__)


def sentence_of(docstring: str | None) -> str:
    """Return a refusal's docstring as the sentence that the user reads."""
    return " ".join((docstring or "").split())


class NotAllowed(DomainError):
    """You may not do this."""

    status = 403


class WrongState(DomainError):
    """This cannot be done in the present state."""

    status = 409


class TooSoon(DomainError):
    """This was done too often. Try again later."""

    status = 429

    def __init__(self, retry_after_seconds: int) -> None:
        """Say how long it is until `later`, in the sentence and to programs."""
        super().__init__(sentence_of(type(self).__doc__).replace("later", in_time(retry_after_seconds)))
        self.retry_after_seconds = retry_after_seconds


class Gone(WrongState):
    """This has been deleted meanwhile."""

    status = 404


class NotAcceptable(DomainError):
    """The entry is not acceptable."""

    def __init__(self, *sentence: str, errors: Mapping[str, Sequence[str]] | None = None) -> None:
        """Take one sentence, or the sentences of each field; those of no field stand under NON_FIELD_ERRORS."""
        self.errors = errors or {}
        told = [
            message if field == NON_FIELD_ERRORS else f"{field}: {message}"
            for field, messages in self.errors.items()
            for message in messages
        ]
        super().__init__(*(sentence or [" ".join(told)]))

    @classmethod
    def of(cls, field: str) -> Self:
        """Return the refusal whose own sentence, its docstring, is about this field."""
        sentence = sentence_of(cls.__doc__)
        return cls(sentence, errors={field: [sentence]})


class StaleVersion(DomainError):
    """This has been changed meanwhile. Fetch it anew, look at what changed, and try again."""

    status = 412


class Unavailable(DomainError):
    """This cannot be served at the moment. Nothing was changed; try again in a minute."""

    status = 503
    retry_after_seconds = 30


def require(is_allowed: bool) -> None:
    """Raise NotAllowed unless a policy said yes."""
    if not is_allowed:
        raise NotAllowed


def require_visible(is_visible: bool) -> None:
    """Raise Gone unless a policy said yes: what was hidden a moment ago looks like what was deleted then."""
    if not is_visible:
        raise Gone


def require_valid(instance: Model, *, is_inserted: bool = False) -> None:
    """Raise NotAcceptable, in the model's own sentences, each naming its field, unless `full_clean` passes.

    What is sealed and was not opened stays so: nobody changed it, and it may be damaged. Of a row that is inserted
    next, the database itself checks the relations and the constraints, and without a query for each.
    """
    unopened = _unopened(instance)
    left_out = unopened | (_relations(instance) if is_inserted else set())
    try:
        _clean_characters(instance, unopened)
        instance.full_clean(exclude=left_out, validate_constraints=not is_inserted)
    except ValidationError as error:
        raise NotAcceptable(errors=error.message_dict) from error


def _unopened(instance: Model) -> set[str]:
    held = instance.__dict__
    return {
        field.name for field in instance._meta.concrete_fields if isinstance(held.get(field.attname), Sealed)
    }


def _relations(instance: Model) -> set[str]:
    return {field.name for field in instance._meta.concrete_fields if field.is_relation}


def _clean_characters(instance: Model, unopened: Collection[str]) -> None:
    """Raise ValidationError for text that cannot be stored, and for names that show nothing."""
    for field in instance._meta.concrete_fields:
        value = None if field.name in unopened else getattr(instance, field.attname)
        if not isinstance(value, str):
            continue
        is_name = field.max_length is not None  # a line of text; sealed ones too
        if not is_storable(value) or (is_name and CONTROL.search(value)):
            raise ValidationError({field.name: "It holds characters that are not text. Remove them."})
        if is_name and value and not field.blank and not is_visible(value):
            raise ValidationError({field.name: field.error_messages["blank"]})
