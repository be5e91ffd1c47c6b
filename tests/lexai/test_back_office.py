"""The back office: what each page shows, which verbs it has, and at what price."""

import re

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Firm, Lockout, User
from accounts.services import WrongCredentials, sign_in
from clients.models import Client, Member
from conversations import services
from conversations.models import Conversation, Message
from documents.models import Document
from documents.services import index_client
from lexai.audit.models import AuditEvent
from lexai.system import SYSTEM
from tests import factories, papers
from tests.browsing import messages_told, office

NOTE = "1. Fees\n\nThe monthly fee is $900, due on the first day of each month."
PAGES = [Firm, User, Lockout, AuditEvent, Client, Document, Conversation]


@pytest.fixture
def dora(cast, client):
    client.force_login(cast.dora)
    return client


def fill(cast, times):
    for number in range(times):
        opened = factories.client(cast.ana, "Another client")
        factories.ready_document(opened, NOTE)
        index_client(opened, by=SYSTEM)
        services.ask(Message(client=opened, content="How much is the fee?"), by=cast.ana)
        factories.user(cast.firm, f"{opened.pk}@hart.example")
        factories.restrict_client(opened, by=cast.dora, members=[cast.ana])
        lock_out(cast.ana, f"10.0.{Lockout.objects.count()}.{number}")


def lock_out(user, address="10.0.0.1"):
    return Lockout.objects.create(
        username=user.email, ip_address=address, failures_since_start=9, attempt_time=timezone.now()
    )


def events(verb):
    return AuditEvent.objects.filter(verb=verb)


def refusals():
    """Return what the audit says of each refusal: which it was, of which row, of which clients."""
    return [
        (event.facts["refusal"], event.target_type, event.target_id, event.client_ids)
        for event in events("access.refused").order_by("pk")
    ]


def added_since(before):
    """Return the audit's rows after the first so many: verb, row, clients and facts."""
    added = AuditEvent.objects.order_by("pk")[before:]
    return [
        (one.verb, f"{one.target_type} {one.target_id}".strip(), one.client_ids, one.facts) for one in added
    ]


def shown_form(page):
    """Return what a browser would send back for a form as it stands: text fields, hidden ones and choices."""
    form = page.context["adminform"].form
    sent = {}
    for bound in [*form, *(field for formset in formsets(page) for field in fields_of(formset))]:
        value = bound.value()
        if hasattr(bound.field.widget, "widgets"):
            for number, part in enumerate(bound.field.widget.decompress(value)):
                sent[f"{bound.html_name}_{number}"] = "" if part is None else str(part)
        elif value is not None and value is not False:
            sent[bound.html_name] = "on" if value is True else str(value)
    return sent


def formsets(page):
    return [inline.formset for inline in page.context["inline_admin_formsets"]]


def fields_of(formset):
    return [*formset.management_form, *(field for form in formset.forms for field in form)]


def chosen(action, *rows, **more):
    return {"action": action, "_selected_action": [row.pk for row in rows], **more}


# Every page


def test_the_back_office_has_these_pages_and_nothing_technical():
    assert set(admin.site._registry) == set(PAGES)


@pytest.mark.slow
@pytest.mark.parametrize("model", PAGES, ids=lambda model: model.__name__)
def test_a_list_costs_the_same_with_one_row_and_with_three(cast, dora, model):
    counts = []
    dora.get("/admin/")  # the first request of a session notes its time
    for times in (1, 2):
        fill(cast, times)
        with CaptureQueriesContext(connection) as queries:
            assert dora.get(office(model)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert not [query["sql"] for query in queries if '"documents"."text"' in query["sql"]]


@pytest.mark.slow
@pytest.mark.parametrize("model", PAGES, ids=lambda model: model.__name__)
def test_every_list_and_every_row_opens_and_leaves_one_row_in_the_audit(cast, dora, model):
    fill(cast, 1)
    row = model.objects.visible_to(cast.dora).first()
    before = AuditEvent.objects.count()
    noun = admin.site._registry[model].noun

    assert dora.get(office(model)).status_code == 200
    assert dora.get(office(model, "change", row.pk)).status_code == 200

    added = AuditEvent.objects.order_by("pk")[before:]
    assert [event.verb for event in added] == ([f"{noun}.listed", f"{noun}.viewed"] if noun else [])
    assert {event.actor for event in added} <= {"dora@hart.example"}


def test_a_list_of_clients_names_in_the_audit_the_clients_it_showed(cast, dora):
    dora.get(office(Client))
    dora.get(office(Client) + "?q=Nobody+of+this+name")

    assert list(events("client.listed").order_by("pk").values_list("client_ids", "facts")) == [
        ([cast.open.pk], {"rows": 1}),
        ([], {"rows": 0}),
    ]


@pytest.mark.parametrize(
    "path", ["/admin/clients/client/%00/change/", "/admin/clients/client/?case_type=%00", "/%00"]
)
def test_an_address_that_is_no_text_is_a_bad_request(dora, path):
    assert dora.get(path).status_code == 400


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "nonsense"])
def test_a_form_in_another_code_is_refused(client, charset):
    content_type = f"application/x-www-form-urlencoded; charset={charset}"

    assert client.generic("POST", "/admin/login/", b"username=x", content_type).status_code == 415


def test_a_list_that_cannot_be_narrowed_like_that_says_so_in_plain_words(dora):
    page = dora.get(office(Client) + "?updated_at__gte=nonsense", follow=True)
    again = dora.get(office(Client) + "?updated_at__gte=nonsense&e=1")

    assert page.status_code == 200
    assert "cannot be narrowed like that" in again.content.decode()


def test_no_door_of_djangos_own_writes_past_the_services(cast, dora):
    assert "password_change" not in dora.get("/admin/").content.decode()
    for door in ("password_change/", "password_change/done/", "autocomplete/", "r/1/1/"):
        assert dora.get(f"/admin/{door}").status_code == 404
        assert dora.post(f"/admin/{door}", {"new_password1": "x"}).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["admin/css/base.css", "lexai/back_office.css"])
def test_the_styles_are_served(client, path):
    page = client.get(f"/static/{path}")

    assert (page.status_code, page["Content-Type"]) == (200, 'text/css; charset="utf-8"')
    page.close()


def test_the_history_of_a_row_is_what_the_audit_says_of_it(cast, dora):
    page = dora.get(office(Client, "history", cast.open.pk), follow=True)

    assert page.redirect_chain[0][0] == f"{office(AuditEvent)}?client={cast.open.pk}"
    assert [event.verb for event in page.context["cl"].result_list] == ["client.opened"]


# Users


def test_a_user_is_invited_and_nobody_chooses_a_password(cast, dora):
    page = dora.get(office(User, "add"))
    sent = {"email": "Gus@Hart.example", "first_name": "Gus", "last_name": "Hart", "role": "user"}
    answer = dora.post(office(User, "add"), sent)

    gus = User.objects.get(email="gus@hart.example")
    assert "password" not in {field.name for field in page.context["adminform"].form}
    assert answer.status_code == 302
    assert (gus.firm, gus.status, gus.has_usable_password()) == (cast.firm, "invited", False)
    assert gus.link_requested_at is not None
    assert [event.actor for event in events("user.invited")] == ["dora@hart.example"]
    assert "A mail with a link to choose the password is on its way to gus@hart.example." in messages_told(
        answer
    )


@pytest.mark.parametrize(
    "email", ["ana@hart.example", "ANA@hart.example", "emil@partners.example", "nonsense"]
)
def test_an_invitation_that_is_refused_comes_back_as_it_was_sent(cast, dora, email):
    before = User.objects.count()
    sent = {"email": email, "first_name": "Second", "last_name": "Ana", "role": "user"}
    answer = dora.post(office(User, "add"), sent)

    assert answer.status_code < 500
    assert answer.status_code != 302
    assert answer.context["adminform"].form["first_name"].value() == "Second"
    assert 'class="errorlist' in answer.content.decode()
    assert User.objects.count() == before


def test_a_users_names_role_and_subscription_change_and_nothing_else(cast, dora):
    sent = shown_form(dora.get(office(User, "change", cast.ana.pk)))
    sent |= {"first_name": "Anabel", "subscription_tier": "premium", "email": "x@y.example", "password": "x"}
    answer = dora.post(office(User, "change", cast.ana.pk), sent)

    now = User.objects.get(pk=cast.ana.pk)
    assert answer.status_code == 302
    assert (now.first_name, now.subscription_tier) == ("Anabel", "premium")
    assert (now.email, now.password) == (cast.ana.email, cast.ana.password)
    assert [event.facts["fields"] for event in events("user.changed")] == [
        ["first_name", "subscription_tier"]
    ]


def test_a_refused_change_keeps_what_was_typed_and_says_why(cast, dora):
    sent = shown_form(dora.get(office(User, "change", cast.dora.pk)))
    answer = dora.post(
        office(User, "change", cast.dora.pk), {**sent, "role": "user", "first_name": "Dorothea"}
    )

    assert answer.status_code == 409
    assert "Ask another administrator of the firm." in answer.content.decode()
    assert answer.context["adminform"].form["first_name"].value() == "Dorothea"
    assert User.objects.get(pk=cast.dora.pk).role == "admin"
    assert refusals() == [("OwnRole", "user", str(cast.dora.pk), [])]


def test_several_users_are_deactivated_each_by_itself(cast, dora):
    answer = dora.post(office(User), chosen("deactivate", cast.ana, cast.dora, cast.cleo))

    states = dict(User.objects.filter(firm=cast.firm).values_list("email", "is_active"))
    assert {name for name, is_active in states.items() if not is_active} == {
        "ana@hart.example",
        "cleo@hart.example",
    }
    assert len(messages_told(answer)) == 2
    assert "Deactivated: 2." in messages_told(answer)
    assert next(one for one in messages_told(answer) if "dora" in one).startswith(
        "dora@hart.example: Nobody changes"
    )
    assert len(events("user.deactivated")) == 2
    assert refusals() == [("OwnRole", "user", str(cast.dora.pk), [])]


def test_what_was_chosen_and_is_hidden_is_named_in_the_audit_and_what_is_foreign_is_not(cast, dora):
    hidden, foreign = (factories.document(client, NOTE) for client in (cast.restricted, cast.foreign))
    answer = dora.post(office(Document), chosen("retry", hidden, foreign))

    absent = "A row that was chosen is not here: it has been deleted, or you may not see it."
    assert messages_told(answer) == [absent, absent]
    assert sorted(refusals()) == [
        ("Absent", "", "", []),
        ("Absent", "document", str(hidden.pk), [cast.restricted.pk]),
    ]


def test_a_deactivated_user_is_let_in_again_and_gets_a_link(cast, dora):
    dora.post(office(User), chosen("deactivate", cast.ana))
    dora.post(office(User), chosen("reactivate", cast.ana))
    first = User.objects.get(pk=cast.ana.pk)
    dora.post(office(User), chosen("send_link", cast.ana))

    again = User.objects.get(pk=cast.ana.pk)
    assert (again.is_active, again.status) == (True, "invited")
    assert again.link_requested_at > first.link_requested_at


@pytest.mark.parametrize("state", ["active", "invited", "deactivated"])
def test_users_are_found_by_their_state(cast, dora, state):
    User.objects.filter(pk=cast.ben.pk).update(password_updated_at=None)
    User.objects.filter(pk=cast.cleo.pk).update(is_active=False)
    page = dora.get(office(User) + f"?state={state}")

    expected = {"active": ["ana", "dora"], "invited": ["ben"], "deactivated": ["cleo"]}[state]
    assert [user.email.partition("@")[0] for user in page.context["cl"].result_list] == expected


def test_lockouts_are_seen_and_released(cast, dora):
    lock_out(cast.ana), lock_out(cast.ana, "10.0.0.2"), lock_out(cast.emil)
    page = dora.get(office(Lockout))
    listed = list(page.context["cl"].result_list)
    answer = dora.post(office(Lockout), chosen("release", *listed))

    assert {one.email for one in listed} == {"ana@hart.example"}
    assert messages_told(answer) == ["Released: 1."]
    assert [one.email for one in Lockout.objects.all()] == ["emil@partners.example"]
    assert len(events("lockout.released")) == 1


def test_an_account_that_is_locked_for_all_addresses_shows_so_and_is_released(cast, dora, settings):
    settings.ACCOUNT_FAILURES_AN_HOUR = 3
    for number in range(4):
        with pytest.raises(WrongCredentials):
            sign_in(cast.ana.email, "wrong", address=f"10.0.{number}.1", is_known_device=True)
    lock_out(cast.ben)

    locked = [dora.get(office(User)).content.decode().count("Active, locked out")]
    answer = dora.post(office(User), chosen("release_lockout", cast.ana, cast.ben, cast.cleo))
    locked.append(dora.get(office(User)).content.decode().count("Active, locked out"))

    assert locked == [2, 0]
    assert messages_told(answer) == [
        "cleo@hart.example: Nothing is locked here; no sign-in to this account has failed lately.",
        "Released: 2.",
    ]
    assert len(events("lockout.released")) == 2


def test_the_back_office_leads_to_the_own_account(dora):
    assert '<a href="/account/">Your account</a>' in dora.get("/admin/").content.decode()


# Clients


def test_a_client_is_opened_and_changed(cast, dora):
    sent = {"name": "New Client", "case_number": "N-1", "version": 1}
    answer = dora.post(office(Client, "add"), sent)
    opened = Client.objects.get(name="New Client")
    form = shown_form(dora.get(office(Client, "change", opened.pk)))
    changed = dora.post(office(Client, "change", opened.pk), {**form, "notes": "Calls on Mondays."})

    now = Client.objects.get(pk=opened.pk)
    assert (answer.status_code, changed.status_code) == (302, 302)
    assert (now.firm, now.notes, now.version, now.case_number) == (cast.firm, "Calls on Mondays.", 2, "N-1")
    assert [event.facts for event in events("client.changed")] == [{"fields": ["notes"]}]


def test_a_stale_form_is_refused_and_what_was_typed_is_not_lost(cast, dora):
    stale = shown_form(dora.get(office(Client, "change", cast.open.pk)))
    dora.post(office(Client, "change", cast.open.pk), {**stale, "notes": "First."})
    answer = dora.post(office(Client, "change", cast.open.pk), {**stale, "notes": "Second."})

    assert answer.status_code == 412
    assert "This has been changed meanwhile." in answer.content.decode()
    assert answer.context["adminform"].form["notes"].value() == "Second."
    assert Client.objects.get(pk=cast.open.pk).notes == "First."
    assert [event.facts["refusal"] for event in events("access.refused")] == ["StaleVersion"]


def restricting(dora, client, **more):
    form = shown_form(dora.get(office(Client, "change", client.pk)))
    return dora.post(office(Client, "change", client.pk), {**form, **more})


def members(client):
    return set(Member.objects.filter(client=client).values_list("user__email", flat=True))


def test_a_client_is_restricted_to_the_members_chosen_and_whoever_does_it(cast, dora):
    joining = {
        "member_set-TOTAL_FORMS": 1,
        "member_set-0-user": cast.ana.pk,
        "member_set-0-client": cast.open.pk,
    }
    answer = restricting(dora, cast.open, is_restricted="on", **joining)

    assert answer.status_code == 302
    assert Client.objects.get(pk=cast.open.pk).is_restricted
    assert members(cast.open) == {"ana@hart.example", "dora@hart.example"}


def test_a_member_is_let_through_the_wall_and_shut_out_again(cast, dora):
    restricting(dora, cast.open, is_restricted="on")
    joining = {
        "member_set-TOTAL_FORMS": 2,
        "member_set-1-user": cast.ben.pk,
        "member_set-1-client": cast.open.pk,
    }
    restricting(dora, cast.open, **joining)
    both = members(cast.open)
    restricting(dora, cast.open, **{"member_set-1-DELETE": "on"})

    assert both == {"dora@hart.example", "ben@hart.example"}
    assert members(cast.open) == {"dora@hart.example"}


def test_the_last_member_stays(cast, dora):
    restricting(dora, cast.open, is_restricted="on")
    answer = restricting(dora, cast.open, **{"member_set-0-DELETE": "on"})

    assert answer.status_code == 409
    assert "A restricted client needs a member." in answer.content.decode()
    assert members(cast.open) == {"dora@hart.example"}


def test_the_wall_is_taken_down(cast, dora):
    restricting(dora, cast.open, is_restricted="on")
    form = shown_form(dora.get(office(Client, "change", cast.open.pk)))
    del form["is_restricted"]
    answer = dora.post(office(Client, "change", cast.open.pk), form)

    assert answer.status_code == 302
    assert not Client.objects.get(pk=cast.open.pk).is_restricted


def test_a_client_is_deleted_after_a_question_that_says_what_goes_along(cast, dora):
    factories.ready_document(cast.open, NOTE)
    question = dora.get(office(Client, "delete", cast.open.pk)).content.decode()
    answer = dora.post(office(Client, "delete", cast.open.pk), {"post": "yes"})

    assert "Documents: 1" in " ".join(re.sub("<[^>]+>", " ", question).split()).replace(
        "documents", "Documents"
    )
    assert answer.status_code == 302
    assert not Client.objects.filter(pk=cast.open.pk).exists()
    assert [event.actor for event in events("client.deleted")] == ["dora@hart.example"]


def test_the_question_before_a_deletion_leaves_one_row_in_the_audit(cast, dora):
    paper = factories.ready_document(cast.open, NOTE)
    before = AuditEvent.objects.count()

    for row in (cast.open, paper):
        assert dora.get(office(type(row), "delete", row.pk)).status_code == 200

    assert added_since(before) == [
        ("client.viewed", f"client {cast.open.pk}", [cast.open.pk], {}),
        ("document.viewed", f"document {paper.pk}", [cast.open.pk], {}),
    ]


# Documents and conversations


def test_a_refused_document_says_why_and_is_read_again(cast, dora):
    refused = factories.ready_document(cast.open, b"\x00\x01\x02 no document", filename="noise.bin")
    page = dora.get(office(Document)).content.decode()
    answer = dora.post(office(Document), chosen("retry", refused))
    again = dora.post(office(Document), chosen("retry", refused))

    assert refused.status == "refused"
    assert refused.refusal_message[:30] in page
    assert messages_told(answer) == ["Waiting to be read again: 1."]
    assert messages_told(again) == [
        f"document {refused.pk}: Only a document that could not be read can be tried again."
    ]
    assert Document.objects.get(pk=refused.pk).status == "queued"


def test_a_protected_document_that_is_read_again_says_where_its_password_is_given(cast, dora):
    refused = factories.ready_document(cast.open, papers.encrypted_pdf("open sesame"), filename="secret.pdf")
    answer = dora.post(office(Document), chosen("retry", refused))

    assert refused.refusal == "password"
    assert messages_told(answer) == [
        "Waiting to be read again: 1.",
        (
            "“secret.pdf” is protected by a password, and no password can be given here. Give it where the paper was "
            f"added, or to the interface for programs: POST /api/v1/documents/{refused.pk}/retry/ with “password”."
        ),
    ]


def test_several_documents_are_deleted_after_a_question(cast, dora):
    rows = [factories.ready_document(cast.open, NOTE) for _ in range(2)]
    before = AuditEvent.objects.count()
    question = dora.post(office(Document), chosen("delete_selected", *rows))
    both, added = Document.objects.count(), added_since(before)
    answer = dora.post(office(Document), chosen("delete_selected", *rows, post="yes"))

    assert (question.status_code, both, Document.objects.count()) == (200, 2, 0)
    assert added == [("document.listed", "", [cast.open.pk], {"rows": 2})]
    assert messages_told(answer) == ["Deleted: 2."]
    assert len(events("document.deleted")) == 2


def test_conversations_are_counted_one_row_for_each_client(cast, dora):
    factories.ready_document(cast.open, NOTE)
    for words in ("How much is the monthly fee?", "Who owns the whale?"):
        services.ask(Message(client=cast.open, content=words), by=cast.ana)
    row = dora.get(office(Conversation)).context["cl"].result_list[0]
    page = dora.get(office(Conversation, "change", cast.open.pk)).content.decode()

    assert (row.pk, row.questions, row.unsupported) == (cast.open.pk, 2, 1)
    assert row.first_asked_at < row.last_asked_at
    assert page.index("Who owns the whale?") < page.index("How much is the monthly fee?")
    assert "$900" in page
    assert 'name="_save"' not in page
