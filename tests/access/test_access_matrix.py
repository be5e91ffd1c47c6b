"""Every route, tried by everybody, with everybody's ids, in every method."""

from dataclasses import dataclass
from itertools import product

import pytest
from django.db import transaction

from lexai.audit.models import AuditEvent
from tests.access import matrix, routes
from tests.access import world as worlds

pytestmark = pytest.mark.slow
FAMILIES = sorted({row.family for row in matrix.ROWS})


def test_every_route_has_a_row_in_the_matrix():
    assert [route for route in routes.resolved() if route not in {row.pattern for row in matrix.ROWS}] == []


def test_every_row_of_the_matrix_is_a_route():
    assert [row.pattern for row in matrix.ROWS if row.pattern not in routes.resolved()] == []


def test_the_matrix_and_the_description_name_the_same_operations():
    promised = {
        (method, routes.shape(row.pattern))
        for row in matrix.ROWS
        if row.is_described
        for method in row.methods
    }

    assert promised == routes.operations()


@pytest.mark.parametrize("family", FAMILIES)
def test_s1_a_route_answers_each_person_as_the_matrix_says(world, family):
    rows = [row for row in matrix.ROWS if row.family == family]
    surprises = []
    for row, person in product(rows, world.people):
        if row.is_tried_by(person):
            surprises += _surprises(world, row, person)

    assert surprises == [], "\n".join(surprises)


SILENT = {  # what shows no row of the practice
    *("account/", "admin/", "admin/<app_label>/", "admin/jsi18n/", "healthz", "sign-in/", "reset/"),
    *("firm/users/new/", "firm/usage/", "clients/new/"),
    *("api/v1/auth/csrf/", "api/v1/auth/me/", "api/v1/docs/", "api/v1/schema/"),
    *("admin/accounts/user/add/", "admin/clients/client/add/"),
    *("admin/accounts/firm/", "admin/accounts/firm/<path:object_id>/change/"),
}


@pytest.mark.parametrize("name", ["member by token", "member by session", "administrator by session"])
def test_s9_every_page_that_shows_rows_leaves_one_row_in_the_audit(world, name):
    person, left = world.person(name), {}
    for row in matrix.ROWS:
        before = AuditEvent.objects.count()
        response = person.asks("GET", row.path(world.ids_for(person, "own")))
        worlds.told(response)
        if response.status_code == 200:
            left[row.pattern] = AuditEvent.objects.count() - before

    assert left == {pattern: 0 if pattern in SILENT else 1 for pattern in left}
    assert len(left) > 15


@dataclass
class Answer:
    """What came back, what it told, and whose rows it changed."""

    status: int
    text: str
    touched: list[str]

    def __str__(self) -> str:
        return f"{self.status} {self.text.rpartition(chr(10))[2][:200]}"


def _surprises(world, row, person):
    """Try a route as one person; tell each difference between the matrix and what happened."""
    told = []
    with transaction.atomic():
        for method in matrix.METHODS:
            answers = {
                subject: _try(world, row, person, method, subject)
                for subject in _subjects(row, person, method)
            }
            told += _differences(row, person, method, answers)
        told += [f"{person} at {row.pattern} changes {table}" for table in _touched(world, person)]
        transaction.set_rollback(True)
    return told


def _subjects(row, person, method):
    """Return whose rows are tried: all, or the first where the address names none or knows no such method."""
    written = list(matrix.cells(row.rule)["nobody"])
    if not row.parts or method not in matrix.methods_of(row):
        return written[:1]
    is_nobody = person.kind in worlds.NOT_SIGNED_IN or (not row.is_api and person.by == "token")
    return written[-2:] if is_nobody else written  # whoever is nobody is told so before any row is looked at


def _try(world, row, person, method, subject):
    """Return the answer to one request; what it was allowed to change is looked at and rolled back."""
    ids = world.ids_for(person, subject)
    known = matrix.methods_of(row).get(method)
    body = known.sent(world) if known and method not in matrix.READS else None
    with transaction.atomic():
        response = person.asks(method, row.path(ids), body)
        text = worlds.without_ids(worlds.told(response), ids)
        is_write = method not in matrix.READS and response.status_code < 400
        touched = _touched(world, person) if is_write else []
        transaction.set_rollback(is_write)
    return Answer(response.status_code, text, touched)


def _touched(world, person):
    before, after = world.of_others(person), world.rows_of_others(person)
    return [table for table in before if after[table] != before[table]]


def _differences(row, person, method, answers):
    told = []
    for subject, answer in answers.items():
        here = f"{person}: {method} {row.pattern} of {subject}"
        promised = matrix.expected(row, method, person, subject)
        if answer.status != promised:
            told.append(f"{here} answers not {promised} but {answer}")
        told += [f"{here} tells {mark!r}" for mark in worlds.leaks(answer.text, worlds.secrets_from(person))]
        told += [f"{here} changes {table}" for table in answer.touched]
    for subject in worlds.hidden_from(person):
        is_compared = {subject, "absent"} <= set(answers) and row.cell(person, subject) == row.cell(
            person, "absent"
        )
        if is_compared and answers[subject].text != answers["absent"].text:
            both = f"{answers[subject].text!r} and {answers['absent'].text!r}"
            told.append(f"{person}: {method} {row.pattern} tells {subject} from absent: {both}")
    return told
