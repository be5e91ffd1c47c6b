"""S2 and S4: the id of a row that one may not see does nothing, and tells nothing, wherever it is written."""

from itertools import product
from typing import Any

import pytest
from django.db import transaction

from clients.models import Client, Member
from tests.access import matrix, routes
from tests.access import world as worlds

pytestmark = pytest.mark.slow
KINDS = ["client", "document", "answer", "thread", "user", "token", "email"]
# an address has one account in the whole system, whose table promises so: an administrator who invites learns
# that it is taken, and nothing more
TAKEN = (f"{worlds.API.lstrip('/')}users/", "email", "email")
ASKING = ["colleague by token", "member by token", "administrator by session"]


def rows_of(method: str) -> list[tuple[matrix.Row, dict[str, Any]]]:
    """Return the rows of the API that know a method, each with its operation in the description."""
    described = {
        routes.shape(path): item[method.lower()]
        for path, item in routes.description()["paths"].items()
        if method.lower() in item
    }
    shapes = [(row, routes.shape(row.pattern)) for row in matrix.ROWS if row.is_described]
    return [(row, described[shape]) for row, shape in shapes if shape in described]


def parameters_of(operation: dict[str, Any]) -> list[str]:
    """Return the names of the query parameters that take more than a number of rows."""
    named = [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
    return [name for name in named if name not in {"page", "page_size", "limit"}]


def hidden_pairs(world, person):
    """Return, for each kind of id, the hidden one and the one that is not there."""
    absent = world.ids["absent"]
    for subject, kind in product(worlds.hidden_from(person), KINDS):
        is_told_to_colleagues = subject == "restricted" and kind in {"user", "email"}
        if not is_told_to_colleagues:
            yield subject, kind, world.ids[subject][kind], absent[kind]


def answer(world, person, request, ids):
    """Return status and text of one request, and the tables of others that it touched; roll it back."""
    with transaction.atomic():
        response = person.asks(*request)
        text = worlds.without_ids(worlds.told(response), ids)
        before = world.of_others(person)
        after = world.rows_of_others(person) if request[0] != "GET" and response.status_code < 400 else before
        transaction.set_rollback(True)
    return response.status_code, text, [table for table in before if before[table] != after[table]]


def differences(person, here, hidden, absent):
    """Return what tells a hidden id from one that is not there, and what was told or touched."""
    told = [f"{here} tells {mark}" for mark in worlds.leaks(hidden[1], worlds.secrets_from(person))]
    told += [f"{here} changes {table}" for table in hidden[2]]
    is_refusal = hidden[0] >= 400 or absent[0] >= 400
    if hidden[:2] != absent[:2] if is_refusal else hidden[0] != absent[0]:
        told.append(f"{here} answers {shown(hidden)} and for what is absent {shown(absent)}")
    return told


def shown(one):
    return one[0], one[1].rpartition("\n")[2][:300]


@pytest.mark.parametrize("name", ASKING)
def test_s2_a_hidden_id_in_a_query_parameter_looks_absent(world, name):
    person, told = world.person(name), []
    for row, operation in rows_of("GET"):
        path = row.path(world.ids_for(person, "own")).partition("?")[0]
        tried = product(parameters_of(operation), list(hidden_pairs(world, person)))
        for parameter, (subject, kind, hidden, absent) in tried:
            if row.family == "audit" and subject == "restricted":
                continue  # the audit names the clients of the firm by their ids, and nothing of their contents
            rest = f"&{row.query}" if row.query and not row.query.startswith(f"{parameter}=") else ""
            answers = [
                answer(world, person, ("GET", f"{path}?{parameter}={value}{rest}"), {"it": value})
                for value in (hidden, absent)
            ]
            told += differences(person, f"{name}: {row.pattern}?{parameter}={subject} {kind}", *answers)

    assert told == [], "\n".join(told)


@pytest.mark.parametrize("name", ASKING)
def test_s2_a_hidden_id_in_a_body_field_looks_absent(world, name):
    person, told = world.person(name), []
    for method in ("POST", "PUT", "PATCH"):
        for row, _operation in rows_of(method):
            base = row.methods[method].sent(world)
            if not isinstance(base, dict):
                continue
            path = row.path(world.ids_for(person, "own"))
            for field, pair in product(base, list(hidden_pairs(world, person))):
                if (row.pattern, field, pair[1]) == TAKEN:
                    continue
                told += _tried_in_body(world, person, (method, path, base), field, pair)

    assert told == [], "\n".join(told)


def _tried_in_body(world, person, request, field, pair):
    method, path, base = request
    subject, kind, *values = pair
    answers = []
    for value in values:
        body = {**base, field: [value] if isinstance(base[field], list) else value}
        answers.append(answer(world, person, (method, path, body), {"it": value}))
    return differences(person, f"{person}: {method} {path} {field}={subject} {kind}", *answers)


@pytest.mark.parametrize("name", ASKING)
def test_s4_a_path_that_mixes_parents_and_children_finds_nothing(world, name):
    person, told = world.person(name), []
    hidden = worlds.hidden_from(person)
    for row in matrix.ROWS:
        if len(row.parts) < 2:
            continue
        for mix, method in product(product(matrix.SUBJECTS, repeat=len(row.parts)), row.methods):
            mixed = _ids_of(world, person, row, mix)
            plain = _ids_of(world, person, row, ["absent" if one in hidden else one for one in mix])
            answers = [answer(world, person, (method, row.path(ids)), ids) for ids in (mixed, plain)]
            is_told_to_colleagues = "restricted" in mix[1:]  # a colleague is no secret
            if not is_told_to_colleagues:
                told += differences(person, f"{person}: {method} {row.pattern} of {mix}", *answers)

    assert told == [], "\n".join(told)


def _ids_of(world, person, row, mix):
    subjects = zip(row.parts.values(), mix, strict=True)
    return {kind: world.ids_for(person, subject)[kind] for kind, subject in subjects}


def test_s4_one_foreign_address_among_many_has_the_whole_refused(world):
    person, client = world.person("administrator by session"), world.cast.open

    answers = [
        person.asks(
            "POST",
            f"{worlds.API}clients/{client.pk}/restrict/",
            {"members": [world.named["colleague"], stranger]},
        )
        for stranger in (world.named["foreign"], worlds.ABSENT["email"])
    ]

    assert [one.status_code for one in answers] == [400, 400]
    assert answers[0].content == answers[1].content
    assert Client.objects.get(pk=client.pk).is_restricted is False
    assert list(Member.objects.filter(client=client)) == []
