"""The people of a firm, as its administrators see them."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Count

from accounts import lockouts
from accounts.models import User, UserQuerySet
from lexai.queries import BuiltQuery, Given, kept
from lexai.system import Actor

PEOPLE_ON_A_PAGE = 50
COLUMNS = ("id", "email", "first_name", "last_name", "role", "is_active", "password_updated_at")
SIGNS_OF_LIFE = ("last_seen_at", "is_locked_out")


def with_signs_of_life(people: UserQuerySet) -> UserQuerySet:
    """Give everybody `last_seen_at` and `is_locked_out`."""
    return people.with_last_seen().annotate(is_locked_out=lockouts.is_locked_out())


def people_page(number: str | None, words: str, *, by: Actor) -> Page[User]:
    """Return a page of those whom somebody sees, and whom a part of the name or of the address names.

    They stand in the order of their names; of a number that is not there, the nearest page is returned.
    """
    paginator: Paginator[User] = Paginator((), PEOPLE_ON_A_PAGE)
    counts = _count(by, limit=1, words=words)
    paginator.count = counts[0][0] if counts else 0
    page = paginator.get_page(number)
    rows = _rows(by, limit=PEOPLE_ON_A_PAGE, offset=(page.number - 1) * PEOPLE_ON_A_PAGE, words=words)
    page.object_list = [_person(row) for row in rows]
    return page


def _person(row: Any) -> User:
    person = User.from_db(DEFAULT_DB_ALIAS, COLUMNS, row[: len(COLUMNS)])
    for name, value in zip(SIGNS_OF_LIFE, row[len(COLUMNS) :], strict=True):
        setattr(person, name, value)
    return person


@kept
def _rows(by: Any) -> BuiltQuery:
    return BuiltQuery(with_signs_of_life(_found(by)).by_name().values_list(*COLUMNS, *SIGNS_OF_LIFE))


@kept
def _count(by: Any) -> BuiltQuery:
    of_firm = _found(by).order_by().values("firm").annotate(people=Count("pk"))
    return BuiltQuery(of_firm.values_list("people"))


def _found(by: Any) -> UserQuerySet:
    seen: UserQuerySet = User.objects.visible_to(by)
    return seen.matching(Given("words"))
