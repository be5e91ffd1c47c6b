"""Bodies, addresses and headers that programs do not send: each ends in a 4xx that names what is wrong."""

import json

import pytest

from clients.models import Client
from tests import factories
from tests.callers import PROBLEM, faults, signed_in
from tests.callers import ana as ana
from tests.callers import unlimited as unlimited

CLIENTS = "/api/v1/clients/"
TEXT_FIELDS = ["name", "case_number", "email", "phone", "case_type", "notes"]
NOT_TEXT = "It holds characters that are not text. Remove them."


def sent(caller, body, path=CLIENTS, content_type="application/json", method="POST"):
    return caller.generic(method, path, body, content_type=content_type)


# Bodies of JSON


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b'{"name": "' + b"a" * 10_000_000 + b'"}', 413, "body"),
        (b"[" * 100_000 + b"]" * 100_000, 400, "body"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400, "body"),
        (b'{"name": ' + b"[" * 100 + b"]" * 100 + b"}", 400, "name" + ".0" * 31),
        (b'{"name": ' + b"9" * 5000 + b"}", 400, "body"),
        (b'{"name": ' + b"9" * 4000 + b"}", 400, "name"),
        (b'{"name": NaN}', 400, "body"),
        (b'{"name": -Infinity}', 400, "body"),
        (b'{"name": 1e999}', 400, "body"),
        (b'{"name": "a", "name": "b"}', 400, "body"),
        (b'{"name": {"x": 1, "x": 2}}', 400, "body"),
        (b"[" + b"1," * 400_000 + b"1]", 400, "body"),
        (b'{"name": [' + b"1," * 400_000 + b"1]}", 400, "name"),
        (b"[]", 400, "body"),
        (b'[{"name": "a"}]', 400, "body"),
        (b'"name"', 400, "body"),
        (b"null", 400, "body"),
        (b"7", 400, "body"),
        (b"", 400, "name"),
        (b"{", 400, "body"),
        (b"{'name': 'a'}", 400, "body"),
        (b'{"name": "\xe9"}', 400, "body"),
        (b'{"name": "\xed\xa0\x80"}', 400, "body"),
        (b'\xef\xbb\xbf{"name": "a"}', 400, "body"),
        ('{"name": "a"}'.encode("utf-16"), 400, "body"),
    ],
    ids=lambda value: repr(value[:20]) if isinstance(value, bytes) else str(value)[:20],
)
def test_s28_json_that_is_too_much_or_no_json_is_refused(ana, body, status, field):
    assert list(faults(sent(ana, body), status)) == [field]
    assert Client.objects.count() == 3


@pytest.mark.parametrize("field", TEXT_FIELDS)
@pytest.mark.parametrize("value", [0, -1, 1.5, True, [], {}, ["a"], {"a": "b"}], ids=str)
def test_s28_a_value_of_the_wrong_type_is_refused_in_every_field(ana, field, value):
    answer = sent(ana, json.dumps({"name": "A client", field: value}))

    assert list(faults(answer)) == [field]


def test_s28_what_is_wrong_a_hundred_thousand_times_is_said_a_hundred_times(ana):
    unknown = b"{" + b",".join(b'"%d":1' % number for number in range(90_000)) + b"}"
    answer = sent(ana, unknown)

    assert len(faults(answer)) == 100
    assert len(answer.content) < 10_000


def test_s28_a_long_name_around_many_values_costs_no_more_than_reading_it(ana):
    body = b'{"' + b"a" * 500_000 + b'": [' + b"1," * 200_000 + b"1]}"

    (field,) = faults(sent(ana, body))
    assert field == "a" * 200


def test_s28_many_members_are_refused_by_name(ana, cast):
    body = b'{"members": [' + b"1," * 300_000 + b"1]}"
    found = faults(sent(ana, body, f"{CLIENTS}{cast.open.pk}/restrict/"))

    assert list(found) == ["members"]


# Odd characters, in every place


@pytest.mark.parametrize("field", TEXT_FIELDS)
@pytest.mark.parametrize("bad", ["\\u0000", "\\ud800", "\\udfff x"])
def test_s30_what_no_database_stores_is_refused_in_every_field(ana, field, bad):
    body = f'{{"name": "A client", "{field}": "a{bad}"}}'
    if field == "name":
        body = f'{{"name": "a{bad}"}}'

    assert faults(sent(ana, body)) == {field: NOT_TEXT}


@pytest.mark.parametrize("field", [field for field in TEXT_FIELDS if field != "notes"])
@pytest.mark.parametrize("turn", ["\u202e", "\u2066", "\u200e\u202a", "\x1b", "\r\nSet-Cookie: a=b"])
def test_s30_what_rewrites_a_line_is_refused_in_every_name(ana, field, turn):
    answer = sent(ana, json.dumps({"name": "A client", field: f"a{turn}b"}))

    assert faults(answer) == {field: NOT_TEXT}


@pytest.mark.parametrize(
    "text", ["\U0001f600", "\U0010ffff", "e\u0301", "\u4e2d\u6587", "\ufdfa", "'; DROP TABLE"]
)
def test_s30_every_other_character_comes_back_as_it_was_sent(ana, text):
    answer = sent(ana, json.dumps(dict.fromkeys(TEXT_FIELDS, text)))

    assert answer.status_code == 201
    assert {field: answer.json()[field] for field in TEXT_FIELDS} == dict.fromkeys(TEXT_FIELDS, text)
    assert Client.objects.get(pk=answer.json()["id"]).notes == text


def test_s30_notes_keep_lines_and_turned_writing(ana):
    notes = "first\r\nsecond\t\u202eturned\u202c"

    assert sent(ana, json.dumps({"name": "A", "notes": notes})).json()["notes"] == notes


@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_s30_a_megabyte_is_refused_in_every_field_or_stored(ana, field):
    body = json.dumps({"name": "A client", field: "a" * 1_000_000})
    answer = sent(ana, body)

    if field == "notes":
        assert (answer.status_code, len(answer.json()["notes"])) == (201, 1_000_000)
    else:
        assert list(faults(answer)) == [field]


@pytest.mark.parametrize("name", ["a\\u0000", "\\ud800", "\\udc00b"])
@pytest.mark.parametrize(("form", "field"), [('{"%s": 1}', "body"), ('{"name": {"%s": 1}}', "name")])
def test_s30_a_field_is_not_named_so(ana, form, field, name):
    assert list(faults(sent(ana, form % name))) == [field]


@pytest.mark.parametrize(
    "escape", ["%00", "%ff", "%ed%a0%80", "%e2%80%ae", "%f0%9f%98%80", "zz%0d%0a", "%c0%80"]
)
@pytest.mark.parametrize(
    "path",
    [
        "clients/{}/",
        "clients/{}/members/",
        "clients/?search={}",
        "clients/?case_number={}",
        "clients/?{}=a",
        "clients/?ordering={}",
        "clients/?page={}",
        "clients/?updated_after={}",
        "search/?q={}",
        "search/?q=fee&client={}",
        "documents/{}/",
        "{}/",
    ],
)
def test_s30_an_address_of_odd_characters_finds_nothing_or_is_refused(ana, path, escape):
    answer = ana.get(f"/api/v1/{path.format(escape)}")

    if answer.status_code == 200:
        assert answer.json()["results"] == []
    else:
        faults(answer, answer.status_code)
        assert answer.status_code in {400, 404}


@pytest.mark.parametrize(
    "header",
    [
        "Accept",
        "Accept-Language",
        "Authorization",
        "If-Match",
        "Referer",
        "Origin",
        "X-Forwarded-For",
        "User-Agent",
    ],
)
@pytest.mark.parametrize("value", ["\xff\xfe", "a" * 8000, ";;,,/=", "\u202e".encode().decode("latin-1"), ""])
def test_s30_a_header_of_odd_characters_is_ignored_or_refused(cast, header, value):
    answer = signed_in(cast.ana).get(CLIENTS, headers={header: value})

    assert answer.status_code in {200, 401, 406}
    if answer.status_code != 200:
        faults(answer, answer.status_code)


@pytest.mark.parametrize("path", [CLIENTS, "/healthz", "/admin/"])
@pytest.mark.parametrize("cookie", ["session", "csrf", "messages", "other"])
def test_s30_a_cookie_with_a_hidden_nul_is_refused(client, db, path, cookie):
    client.cookies.load({cookie: "a"})
    answer = client.get(path, headers={"Cookie": rf'{cookie}="aaaaaaaaaaaaaaaa\000bbbb"'})

    assert answer.status_code == 400
    assert (answer["Content-Type"] == PROBLEM) == (path == CLIENTS)


# Other kinds of content, and of length


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=X",
        "",
        "///;=",
    ],
)
def test_s29_another_kind_of_content_is_refused(ana, content_type):
    assert faults(sent(ana, b'{"name": "A"}', content_type=content_type), 415) == {}


@pytest.mark.parametrize("charset", ["bogus", "utf-16", "latin-1", "utf-7", "\xff", "idna", "rot13", "zip"])
def test_s29_another_code_than_utf_8_is_refused(ana, charset):
    answer = sent(ana, b'{"name": "A"}', content_type=f"application/json; charset={charset}")

    assert faults(answer, 415) == {}


def test_s29_a_body_of_unknown_length_is_refused(ana):
    answer = ana.generic(
        "POST", CLIENTS, b"", content_type="application/json", headers={"Transfer-Encoding": "chunked"}
    )

    assert faults(answer, 411) == {}


# Names of columns and operators


@pytest.mark.parametrize("path", ["clients/", "clients/{}/documents/", "clients/{}/members/"])
@pytest.mark.parametrize(
    ("parameter", "field"),
    [
        ("password__startswith=bcrypt", "password__startswith"),
        ("firm__users__password__startswith=b", "firm__users__password__startswith"),
        ("user__password__regex=.", "user__password__regex"),
        ("uploaded_by__password__gt=a", "uploaded_by__password__gt"),
        ("client__firm=1", "client__firm"),
        ("pk__in=1", "pk__in"),
        ("id=1", "id"),
        ("name__icontains=a", "name__icontains"),
        ("text__contains=a", "text__contains"),
        ("_connector=OR", "_connector"),
        ("ordering=firm__users__password", "ordering"),
        ("ordering=-user__password", "ordering"),
        ("ordering=text", "ordering"),
        ("ordering=random()", "ordering"),
        ("ordering=name,(SELECT+1)", "ordering"),
    ],
)
def test_s32_only_declared_filters_and_orderings_exist(ana, cast, path, parameter, field):
    factories.document(cast.restricted, "A note.")
    answer = ana.get(f"/api/v1/{path.format(cast.restricted.pk)}?{parameter}")

    assert list(faults(answer)) == [field]


def test_more_parameters_than_anybody_needs_are_refused(ana):
    assert list(faults(ana.get(f"{CLIENTS}?{'a&' * 1001}"))) == ["body"]
