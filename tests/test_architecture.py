"""Rules of the house that a linter does not know. Each message tells the fix."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

CHECKOUT = Path(__file__).resolve().parent.parent
APPS = ["accounts", "clients", "documents", "conversations"]
DOORS = ["admin.py", "api.py", "views.py", "serializers.py", "forms.py", "tasks.py"]
WRITES = {
    "save",
    "create",
    "delete",
    "update",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}
SERVICES_WITHOUT_AN_ACTOR = {
    "normalised_email",
    "find_token",
    # whoever calls these has not signed in yet
    "sign_in",
    "prove",
    "request_link",
    "link_owner",
    "set_password_by_link",
    # asked by another service, in its transaction
    "demand_nobody_shut_out",
    # parts that several files of one package share
    "encode_password",
    "nudge_mail",
}


def trees(*patterns: str) -> Iterator[tuple[str, ast.Module]]:
    for pattern in patterns:
        for path in sorted(CHECKOUT.glob(pattern)):
            yield str(path.relative_to(CHECKOUT)), ast.parse(path.read_text())


def doors() -> list[tuple[str, ast.Module]]:
    in_apps = [f"{app}/{door}" for app in APPS for door in DOORS]
    in_apps += [f"{app}/{door.removesuffix('.py')}/*.py" for app in APPS for door in DOORS]
    in_apps += [f"{app}/management/commands/*.py" for app in APPS]
    return list(trees(*in_apps, "lexai/operations/views.py", "lexai/operations/management/**/*.py"))


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, ast.Attribute]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, node.func


def test_there_are_doors_to_look_at():
    assert len(doors()) > 12


@pytest.mark.parametrize(("path", "tree"), doors(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_door_never_writes(path, tree):
    found = [
        f"{path}:{call.lineno} .{function.attr}()"
        for call, function in calls(tree)
        if function.attr in WRITES
    ]

    assert found == [], "Write in a service and call that: see services.py of the app."


@pytest.mark.parametrize(("path", "tree"), doors(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_door_fetches_through_visible_to(path, tree):
    starts = [
        f"{path}:{call.lineno} .objects.{function.attr}()"
        for call, function in calls(tree)
        if isinstance(function.value, ast.Attribute)
        and function.value.attr == "objects"
        and function.attr != "visible_to"
    ]

    assert starts == [], "Start every read of a door with Model.objects.visible_to(user)."


@pytest.mark.parametrize(("path", "tree"), doors(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_door_never_catches_a_domain_error(path, tree):
    names = {
        name.id
        for handler in ast.walk(tree)
        if isinstance(handler, ast.ExceptHandler) and handler.type
        for name in ast.walk(handler.type)
        if isinstance(name, ast.Name)
    }

    assert names & {"Exception", "DomainError", "NotAllowed", "WrongState"} == set(), (
        "Let the door's translator turn the refusal into an answer: lexai/commands.py, web/refusals.py, celery.py."
    )


def services() -> list[tuple[str, ast.FunctionDef]]:
    return [
        (f"{path}:{node.name}", node)
        for path, tree in trees(*[f"{app}/services{files}" for app in APPS for files in (".py", "/*.py")])
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


@pytest.mark.parametrize(
    ("name", "service"), services(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_service_says_who_acts_and_what_it_does(name, service):
    if service.name in SERVICES_WITHOUT_AN_ACTOR:
        return
    assert "by" in {argument.arg for argument in service.args.kwonlyargs}, "Take the acting user as `*, by`."
    assert ast.get_docstring(service), "State the contract in one imperative sentence."


def test_no_room_has_a_name_that_says_nothing():
    forbidden = {"utils.py", "helpers.py", "managers.py", "signals.py", "common.py", "misc.py"}
    found = {path for path, _ in trees("lexai/**/*.py", *[f"{app}/**/*.py" for app in APPS])}

    assert {path for path in found if Path(path).name in forbidden} == set()


def test_every_table_of_ours_says_who_sees_it():
    ours = [model for model in apps.get_models() if model._meta.app_label in {*APPS, "audit"}]

    assert len(ours) == 16
    assert [model.__name__ for model in ours if not hasattr(model.objects.all(), "visible_to")] == []


def test_every_module_says_what_it_is_for():
    silent = [
        path
        for path, tree in trees("lexai/**/*.py", *[f"{app}/**/*.py" for app in APPS])
        if tree.body
        and not ast.get_docstring(tree)
        and "/migrations/" not in path
        and not path.endswith("apps.py")
    ]

    assert silent == []
