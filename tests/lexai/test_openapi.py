"""The description of the API: committed, true, served as it lies there, with a page that asks no other origin."""

import random
import re

import pytest
import yaml
from django.core.management import call_command
from django.test import Client as Browser

from lexai.api.openapi import OPERATIONS, TAGS
from tests.conftest import CHECKOUT

FILE = CHECKOUT / "lexai" / "openapi.yaml"
DESCRIPTION = yaml.safe_load(FILE.read_text())
OF_STRANGERS = {"auth_csrf", "auth_login"}


def operations():
    for path, item in DESCRIPTION["paths"].items():
        for method in sorted(OPERATIONS & item.keys()):
            yield path, method, item[method]


@pytest.mark.slow
def test_the_committed_description_is_what_the_code_says(tmp_path):
    fresh = tmp_path / "openapi.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(fresh))

    assert fresh.read_text() == FILE.read_text(), "Run make schema, and look at what changed."


def test_every_operation_has_a_name_of_its_own_and_stands_under_one_heading():
    names = [operation["operationId"] for _path, _method, operation in operations()]

    assert len(names) == len(set(names)) > 30
    assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name)] == []
    assert {tag for *_, operation in operations() for tag in operation["tags"]} == set(TAGS)
    assert {len(operation["tags"]) for *_, operation in operations()} == {1}
    assert [tag["name"] for tag in DESCRIPTION["tags"]] == list(TAGS)


def test_every_operation_says_what_it_does_and_how_it_is_refused():
    assert [
        name for _, _, one in operations() if not one.get("description") for name in [one["operationId"]]
    ] == []
    for _path, _method, operation in operations():
        assert operation["responses"]["default"]["content"].keys() == {"application/problem+json"}


def test_every_operation_names_who_may_ask():
    schemes = DESCRIPTION["components"]["securitySchemes"]
    assert (schemes["token"]["scheme"], schemes["session"]["in"], schemes["csrf"]["name"]) == (
        "bearer",
        "cookie",
        "X-CSRFToken",
    )
    for path, method, operation in operations():
        if operation["operationId"] in OF_STRANGERS:
            assert operation.get("security", [{}]) == [{}], path
        else:
            session = {"session": []} if method == "get" else {"session": [], "csrf": []}
            assert operation["security"] == [{"token": []}, session], path


def test_bodies_know_no_further_fields():
    requests = {
        name: schema
        for name, schema in DESCRIPTION["components"]["schemas"].items()
        if name.endswith("Request")
    }

    assert len(requests) > 5
    assert [name for name, schema in requests.items() if schema["additionalProperties"] is not False] == []


@pytest.mark.django_db
@pytest.mark.parametrize("accepted", ["*/*", "application/json", "text/html", "nonsense"])
def test_anybody_may_read_the_description_as_it_lies_there(accepted):
    answer = Browser().get("/api/v1/schema/", headers={"Accept": accepted})

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/yaml")
    assert answer.content == FILE.read_bytes()


@pytest.mark.django_db
def test_the_page_needs_nothing_but_our_own_files_and_no_inline_script():
    answer = Browser().get("/api/v1/docs/")
    page = answer.content.decode()
    files = re.findall(r'(?:src|href)="([^"]+)"', page)

    assert answer.status_code == 200
    assert len(files) == 4
    for file in files:
        served = Browser().get(file)
        assert (file.startswith("/static/"), served.status_code) == (True, 200), file
        served.close()
    assert re.findall(r"<script(?![^>]* src=)|<style| style=| on\w+=", page) == []
    assert "img-src 'self' data:" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["schema", "docs"])
def test_both_are_limited(settings, path):
    settings.API_RATE = "2/h"
    browser = Browser(REMOTE_ADDR=f"2001:db8:{random.getrandbits(16):x}:{random.getrandbits(16):x}::1")
    answers = [browser.get(f"/api/v1/{path}/") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2]["Retry-After"]) <= 3600
    assert answers[2]["Content-Type"] == "application/problem+json"
