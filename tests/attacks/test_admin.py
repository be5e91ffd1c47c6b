"""FAULTS S9 and S33 at the back office: nobody gains there what they lack, and looking changes nothing."""

import html
import re
from itertools import product
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from django.contrib import admin

from accounts.models import Firm, Lockout, User
from clients.models import Client, Member
from conversations.models import Conversation
from documents.models import Document
from lexai.audit.models import AuditEvent
from tests import factories
from tests.access import world as worlds
from tests.browsing import let_in, messages_told, office

PAGES_OF_A_KIND = 2

pytestmark = pytest.mark.slow  # each builds two firms with rows of every kind

VIEW_ONLY = [Firm, Lockout, AuditEvent, Document, Conversation]
OF_FIRM = {Firm: "firm", User: "user", Client: "client", Document: "document", Conversation: "client"}


@pytest.fixture
def dora(world):
    browser = let_in(world.cast.dora, raise_request_exception=False)
    browser.get("/admin/")  # the first answer sets a cookie
    return browser


def crawled(browser):
    """Yield path and text of the pages that the links of the back office lead to: some of each kind.

    A kind is a path whatever its id, with one filter or order at a time; two pages of it are opened.
    """
    waiting, seen = ["/admin/"], set()
    while waiting:
        path = waiting.pop(0)
        if path in seen or len([one for one in seen if kind(one) == kind(path)]) >= PAGES_OF_A_KIND:
            continue
        seen.add(path)
        answer = browser.get(path)
        assert answer.status_code in {200, 302}, path
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        text = content.decode()
        yield path, text
        links = [html.unescape(link) for link in re.findall(r'href="([^"]*)"', text)]
        links += [answer["Location"]] if answer.status_code == 302 else []
        found = [urljoin(path, link) for link in links]
        waiting += [one for one in found if one.startswith("/admin/") and len(kind(one)[1]) <= 2]


def kind(path):
    parts = urlsplit(path)
    names = {name for name, _ in parse_qsl(parts.query)} - {"_changelist_filters"}
    return re.sub(r"/(client_[0-9a-z]+|client_5F[0-9a-z]+|\d+)/", "/*/", parts.path), tuple(sorted(names))


def test_s9_and_s33_reading_every_page_changes_no_table_and_tells_no_secret(world, dora):
    User.objects.filter(pk=world.cast.ana.pk).update(reset_token="sealedsealed")
    marks = [*worlds.FOREIGN_MARKS, *worlds.WALLED_MARKS, "bcrypt", "$2b$", "sealedsealed"]
    before = worlds.all_rows()

    leaked = {path: worlds.leaks(text, marks) for path, text in crawled(dora)}

    assert len(leaked) > 100
    assert {path: found for path, found in leaked.items() if found} == {}
    assert worlds.all_rows() == before


def every_address(world):
    """Return the address of every page of the back office, of a row that its administrator sees."""
    index = ["/admin/", "/admin/jsi18n/", "/admin/audit/auditevent/export/"]
    apps = {f"/admin/{model._meta.app_label}/" for model in admin.site._registry}
    tables = [office(model, page) for model in admin.site._registry for page in ("changelist", "add")]
    rows = [model.objects.visible_to(world.cast.dora).first() for model in admin.site._registry]
    pages = [office(type(row), page, row.pk) for row in rows for page in ("change", "delete", "history")]
    return [*index, *sorted(apps), *tables, *pages]


@pytest.mark.parametrize("role", ["user", "premium"])
def test_s33_no_other_role_enters_any_page(world, role):
    somebody = let_in(factories.user(world.cast.firm, f"{role}@hart.example", role=role))

    for path in every_address(world):
        for answer in (somebody.get(path), somebody.post(path, {"action": "deactivate"})):
            assert answer.status_code == 302, path
            assert answer["Location"].startswith(("/admin/login/", "/sign-in/")), path


def test_s33_there_is_no_stored_permission_that_could_be_gained(world):
    for user in (world.cast.ana, world.cast.dora):
        assert not user.has_perm("accounts.change_user")
        assert not hasattr(user, "user_permissions")
        assert not hasattr(user, "is_superuser")
    assert {model.__name__ for model in admin.site._registry} & {"Group", "Permission", "LogEntry"} == set()


def test_s33_what_is_foreign_or_walled_looks_absent_byte_for_byte(world, dora):
    for model, page in product(OF_FIRM, ["change", "delete", "history"]):
        hidden = ["foreign", "restricted"] if OF_FIRM[model] in {"client", "document"} else ["foreign"]
        ask = dora.post if page == "delete" else dora.get
        absent, *others = (
            ask(office(model, page, world.ids[subject][OF_FIRM[model]]), {"post": "yes"})
            for subject in ["absent", *hidden]
        )
        is_shut = page == "delete" and model in {Firm, User, Conversation}
        assert absent.status_code == (403 if is_shut else 404), (model, page)
        assert {worlds.told(other) for other in others} == {worlds.told(absent)}, (model, page)


def test_s33_a_foreign_row_cannot_be_written(world, dora):
    before = worlds.rows_of_firm(world.cast.other_firm)
    sent = {"name": "Taken", "first_name": "Taken", "last_name": "Taken", "role": "admin", "version": 1}

    for model in (Client, User):
        foreign, absent = (
            dora.post(office(model, "change", world.ids[subject][OF_FIRM[model]]), sent)
            for subject in ("foreign", "absent")
        )
        assert foreign.status_code == 404
        assert worlds.told(foreign) == worlds.told(absent)
    assert worlds.rows_of_firm(world.cast.other_firm) == before


def test_s33_a_table_to_be_read_is_neither_added_to_nor_changed(world, dora):
    before = worlds.all_rows()

    for model in VIEW_ONLY:
        row = model.objects.visible_to(world.cast.dora).first()
        assert dora.get(office(model, "add")).status_code == 403, model
        assert dora.post(office(model, "add"), {"name": "x"}).status_code == 403, model
        for more in ({}, {"_saveasnew": "1"}, {"_popup": "1"}, {"_continue": "1"}):
            answer = dora.post(office(model, "change", row.pk), {"name": "x", **more})
            assert answer.status_code == 403, (model, more)
    assert worlds.all_rows() == before


ACTIONS = {
    User: ["deactivate", "reactivate", "send_link", "release_lockout"],
    Lockout: ["release"],
    Document: ["retry", "delete_selected"],
}


def test_s33_an_action_does_not_reach_what_is_foreign_or_walled(world, dora):
    hidden = {
        User: [world.cast.emil.pk],
        Lockout: [world.ids["foreign"]["lockout"]],
        Document: [world.ids["foreign"]["document"], world.ids["restricted"]["document"]],
    }
    before = worlds.all_rows()

    for model, action in [(model, action) for model, actions in ACTIONS.items() for action in actions]:
        sent = {"action": action, "_selected_action": hidden[model], "post": "yes"}
        answer = dora.post(office(model), sent)
        absent = "A row that was chosen is not here: it has been deleted, or you may not see it."
        assert answer.status_code == 302, (model, action)
        assert messages_told(answer) == [absent] * len(hidden[model]), (model, action)
    assert worlds.all_rows() == before


def test_s33_a_foreign_row_among_ones_own_is_told_and_the_others_are_done(world, dora):
    sent = {"action": "deactivate", "_selected_action": [world.cast.emil.pk, world.cast.ana.pk]}

    answer = dora.post(office(User), sent)

    assert messages_told(answer) == [
        "A row that was chosen is not here: it has been deleted, or you may not see it.",
        "Deactivated: 1.",
    ]
    assert User.objects.get(pk=world.cast.emil.pk).is_active
    assert not User.objects.get(pk=world.cast.ana.pk).is_active


def test_s33_a_key_that_no_page_has_sent_does_nothing(world, dora):
    before = worlds.all_rows()

    for model, key in product([User, Document], ["abc", "9" * 40, "1 OR 1=1", "\0", "-1", ""]):
        sent = {"action": "delete_selected", "_selected_action": key, "post": "yes"}
        assert dora.post(office(model), sent).status_code in {200, 302, 400}, (model, key)
    assert worlds.all_rows() == before


def test_s33_no_action_runs_that_the_list_does_not_offer(world, dora):
    before = worlds.all_rows()

    actions = ["delete_selected", "deactivate", "nonsense", "", "__init__"]
    for model, action in product([Client, AuditEvent, Firm, Conversation], actions):
        keys = [row.pk for row in model.objects.visible_to(world.cast.dora)]
        sent = {"action": action, "_selected_action": keys, "select_across": "1", "post": "yes"}
        assert dora.post(office(model), sent).status_code < 500, (model, action)
    assert worlds.all_rows() == before


LOOKUPS = [
    "password__startswith=bcrypt",
    "password__regex=^bcrypt",
    "reset_token__startswith=a",
    "reset_token__isnull=True",
    "firm__users__password__startswith=b",
    "api_tokens__sha256__startswith=a",
    "walled_clients__name__startswith=J",
    "state__password=b",
    "id__gt=0",
    "_to_field=password",
    "_to_field=reset_token",
    "_popup=1&_to_field=email",
]


def test_s33_no_column_can_be_read_letter_by_letter(world, dora):
    for lookup in LOOKUPS:
        assert dora.get(f"{office(User)}?{lookup}").status_code == 400, lookup

    control = dora.get(f"{office(User)}?role__exact=admin").context["cl"].result_list
    through_another = dora.get(f"{office(User)}?role__password__startswith=b", follow=True)
    assert [row.email for row in control] == ["dora@hart.example"]
    assert len(through_another.context["cl"].result_list) > 1


def test_s33_no_list_is_ordered_or_searched_by_a_secret(world, dora):
    table = admin.site._registry[User]

    assert {"password", "reset_token"} & {
        *table.search_fields,
        *table.list_display,
        *table.get_fields(None, None),
    } == set()
    for words in ("bcrypt", "$2b$"):
        assert dora.get(office(User), {"q": words}).context["cl"].result_count == 0


def test_s33_no_autocomplete_answers_at_all(world, dora):
    fields = {"clients.member": ["user", "client"], "documents.document": ["client", "uploaded_by"]}
    for (app, model), names in ((name.split("."), names) for name, names in fields.items()):
        for field in names:
            query = f"app_label={app}&model_name={model}&field_name={field}&term={world.cast.foreign.pk}"
            assert dora.get(f"/admin/autocomplete/?{query}").status_code == 404


def test_s33_no_page_offers_or_takes_a_user_of_another_firm(world, dora):
    client, emil = world.cast.open, world.cast.emil
    path = office(Client, "change", client.pk)
    for query in ("", f"?user={emil.pk}", f"?member_set-0-user={emil.pk}&_popup=1"):
        assert "emil@" not in dora.get(path + query).content.decode()

    answer = dora.post(path, with_member(client, user=emil.pk))

    assert answer.status_code == 200
    assert "Select a valid choice." in answer.content.decode()
    assert not Member.objects.filter(client=client).exists()


def with_member(client, **member):
    """Return what a browser would send to change nothing of a client but its members."""
    sent = {f"member_set-0-{name}": value for name, value in {"client": client.pk, **member}.items()}
    return {
        "name": client.name,
        "version": Client.objects.get(pk=client.pk).version,
        "member_set-TOTAL_FORMS": 1,
        "member_set-INITIAL_FORMS": 1 if "id" in member else 0,
        **sent,
    }


@pytest.mark.parametrize("subject", ["restricted", "foreign"])
def test_s33_the_rows_of_one_client_are_not_reached_through_another(world, dora, subject):
    """CVE-2019-19118: an inline writes nothing that its parent does not hold."""
    other = Client.objects.get(pk=world.ids[subject]["client"])
    member = Member.objects.filter(client=other).first() or Member.objects.create(
        client=other, user=world.cast.emil
    )
    before = worlds.rows_of_client(other)

    sent = with_member(world.cast.open, id=member.pk, user=member.user_id, DELETE="on")
    removed = dora.post(office(Client, "change", world.cast.open.pk), sent)
    moved = with_member(world.cast.open, user=world.cast.dora.pk) | {"member_set-0-client": other.pk}
    joined = dora.post(office(Client, "change", world.cast.open.pk), moved)

    assert removed.status_code < 500
    assert joined.status_code < 500
    assert worlds.rows_of_client(other) == before


@pytest.mark.parametrize("model", [Conversation, Document], ids=lambda model: model.__name__)
def test_s33_whoever_may_only_view_a_row_writes_none_beside_it(world, dora, model):
    """CVE-2019-19118: a page to be read takes no rows of an inline."""
    row = model.objects.visible_to(world.cast.dora).first()

    answer = dora.post(office(model, "change", row.pk), with_member(world.cast.open, user=world.cast.ana.pk))

    assert answer.status_code == 403
    assert not Member.objects.filter(client=world.cast.open).exists()


def test_s33_a_form_takes_no_field_that_it_does_not_show(world, dora):
    ana = world.cast.ana
    sent = {"first_name": "Ana", "last_name": "Hart", "role": "user", "subscription_tier": "free"}
    smuggled = {
        "email": "stolen@evil.example",
        "password": "x",
        "password_hash": "x",
        "firm": world.cast.other_firm.pk,
        "firm_id": world.cast.other_firm.pk,
        "is_active": "",
        "is_superuser": "on",
        "reset_token": "x",
        "id": world.cast.emil.pk,
    }

    answer = dora.post(office(User, "change", ana.pk), {**sent, **smuggled})

    now = User.objects.get(pk=ana.pk)
    assert answer.status_code == 302
    assert (now.email, now.password, now.firm_id) == (ana.email, ana.password, ana.firm_id)
    assert (now.is_active, now.reset_token) == (True, None)


def test_s33_a_client_cannot_be_opened_in_another_firm(world, dora):
    sent = {
        "name": "Stray",
        "version": 1,
        "firm": world.cast.other_firm.pk,
        "id": world.ids["foreign"]["client"],
    }

    assert dora.post(office(Client, "add"), sent).status_code == 302
    assert Client.objects.get(name="Stray").firm == world.cast.firm


def test_s33_a_restricted_client_named_in_a_filter_tells_nothing_of_itself(world, dora):
    for term in ("quokkastone", "Jane", world.cast.restricted.pk, "zebrafinch", world.cast.foreign.pk):
        for model in (Client, Document, Conversation):
            assert dora.get(office(model), {"q": term}).context["cl"].result_count == 0


def test_s33_a_deactivated_administrator_is_out_at_the_next_request(world, dora):
    assert dora.get("/admin/").status_code == 200
    User.objects.filter(pk=world.cast.dora.pk).update(is_active=False)

    assert dora.get("/admin/").status_code == 302
    assert dora.post(office(User), {"action": "deactivate", "_selected_action": 1}).status_code == 302
