"""The firm's pages: its people, its audit and its usage, for its administrators alone."""

import csv
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import services, usage
from accounts.forms import NO_CLIENT_ID
from accounts.models import User
from lexai import audit
from lexai.audit.models import AuditEvent
from lexai.audit.verbs import Verb
from lexai.audit.words import told
from lexai.system import SYSTEM
from tests import factories
from tests.browsing import let_in

PERSON = {"email": "ida@hart.example", "first_name": "Ida", "last_name": "Dow", "role": "user"}


@pytest.fixture
def doras(cast):
    return let_in(cast.dora)


def page_of(answer):
    return answer.content.decode()


def names_in(answer):
    return re.findall(r'class="name" href="[^"]*">([^<]*)<', page_of(answer))


def values_of(page):
    """Return what the form of a page would send as it stands, as a browser reads it."""
    hidden = re.findall(r'<input type="hidden" name="(initial-\w+)" value="([^"]*)"', page_of(page))
    return {**{field.name: field.value() for field in page.context["form"]}, **dict(hidden)}


def last_deed():
    event = AuditEvent.objects.order_by("-pk").first()
    return event.verb, event.actor, event.target_id


# People


def test_the_people_are_listed_with_role_state_and_when_they_were_seen(cast, doras):
    invited = services.invite_user(User(firm=cast.firm, **PERSON), by=cast.dora)
    services.deactivate_user(cast.ben, by=cast.dora)
    User.objects.filter(pk=cast.ana.pk).update(last_login="2026-02-03T04:05:06Z")

    answer = doras.get("/firm/")

    assert answer.context["page"].paginator.count == 5
    rows = {person.email: person for person in answer.context["page"]}
    assert {email: row.status.value for email, row in rows.items()} == {
        "ana@hart.example": "active",
        "ben@hart.example": "deactivated",
        "cleo@hart.example": "active",
        "dora@hart.example": "active",
        invited.email: "invited",
    }
    assert rows["ana@hart.example"].last_seen_at == datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert timezone.now() - rows["dora@hart.example"].last_seen_at < timedelta(minutes=1)
    assert "emil" not in page_of(answer)
    assert last_deed() == ("user.listed", cast.dora.email, "")


def test_people_are_found_by_a_part_of_name_or_address(cast, doras):
    User.objects.filter(pk=cast.ana.pk).update(first_name="Ana", last_name="Berg")

    assert names_in(doras.get("/firm/?q=berg")) == ["Ana Berg"]
    User.objects.filter(pk=cast.ben.pk).update(first_name="Ju\u0308rgen")
    assert names_in(doras.get("/firm/?q=J\u00fcrg")) == ["Ju\u0308rgen Last"]
    assert names_in(doras.get("/firm/?q=CLEO@")) == ["First Last"]
    assert not any(names_in(doras.get("/firm/", {"q": words})) for words in ("%", "_", "\\", "B%g"))
    nobody = doras.get("/firm/", {"q": "<script>"})
    assert (names_in(nobody), "Nobody here matches “&lt;script&gt;”" in page_of(nobody)) == ([], True)


def test_people_stand_in_the_order_of_their_names_whatever_their_capitals_and_accents(cast, doras):
    for number, name in enumerate(("Zoe", "de Vries", "Émile", "Daniel", "eva", "Fay")):
        person = factories.user(cast.firm, f"{number}@hart.example")
        User.objects.filter(pk=person.pk).update(first_name=name)

    names = [name.removesuffix(" Last") for name in names_in(doras.get("/firm/"))]

    wanted = ["Daniel", "de Vries", "Émile", "eva", "Fay", "Zoe"]
    assert [name for name in names if name in wanted] == wanted


def test_the_list_of_people_costs_the_same_with_few_and_with_many_and_has_pages(cast, doras):
    doras.get("/firm/")  # the first request of a session writes it
    costs = []
    for number in (1, 60):
        for which in range(number):
            factories.user(cast.firm, f"more-{number}-{which}@hart.example")
        with CaptureQueriesContext(connection) as queries:
            page = doras.get("/firm/")
        costs.append(len(queries))

    assert costs[0] == costs[1]
    assert (len(names_in(page)), "Page 1 of 2" in page_of(page)) == (50, True)
    assert len(names_in(doras.get("/firm/?page=2"))) == 15
    assert len(names_in(doras.get("/firm/?page=nonsense"))) == 50
    assert len(names_in(doras.get(f"/firm/?page={10**30}"))) == 15


def test_somebody_is_invited_on_the_page(cast, doras):
    answer = doras.post("/firm/users/new/", PERSON)

    ida = User.objects.get(email="ida@hart.example")
    assert (answer.status_code, answer["Location"]) == (302, f"/firm/users/{ida.pk}/?told=invited")
    assert (ida.firm, ida.link_requested_at is None) == (cast.firm, False)
    assert "Nobody has chosen a password yet." in page_of(doras.get(answer["Location"]))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"email": "ANA@hart.example"}, "A user with this e-mail address exists already."),
        ({"email": "no address"}, "Enter a valid email address."),
        ({"first_name": ""}, "This field is required."),
        ({"first_name": "a\u202eb"}, "It holds characters that are not text. Remove them."),
        ({"role": "owner"}, "Select a valid choice. owner is not one of the available choices."),
    ],
)
def test_a_refused_invitation_says_so_at_the_field_and_keeps_what_was_typed(cast, doras, wrong, sentence):
    answer = doras.post("/firm/users/new/", {**PERSON, **wrong})

    [field] = wrong
    assert answer.status_code == 400
    assert f'id="id_{field}_error"><li>{sentence}</li>' in page_of(answer)
    assert 'value="Dow"' in page_of(answer)
    assert not User.objects.filter(last_name="Dow").exists()


def test_a_person_is_changed_and_only_what_was_changed_is_told(cast, doras):
    here = f"/firm/users/{cast.ana.pk}/"
    wanted = {"first_name": "Ana", "subscription_tier": "premium"}

    answer = doras.post(here, {**values_of(doras.get(here)), **wanted})

    cast.ana.refresh_from_db()
    assert (answer.status_code, cast.ana.first_name, cast.ana.subscription_tier) == (302, "Ana", "premium")
    event = AuditEvent.objects.get(verb="user.changed")
    assert event.facts == {"fields": ["first_name", "subscription_tier"]}


def test_a_stale_tab_saves_what_was_changed_in_it_and_takes_back_no_role(cast, doras):
    here = f"/firm/users/{cast.ben.pk}/"
    stale = values_of(doras.get(here))
    doras.post(here, {**stale, "role": "admin"})

    refused = doras.post(here, {**stale, "last_name": ""})
    answer = doras.post(here, {**values_of(refused), "last_name": "Okoro"})

    cast.ben.refresh_from_db()
    assert (refused.status_code, answer.status_code) == (400, 302)
    assert (cast.ben.last_name, cast.ben.role) == ("Okoro", "admin")


def test_deeds_to_a_person_are_done_and_told(cast, doras):
    here = f"/firm/users/{cast.ana.pk}/"
    done = {}
    for verb in ("send-link", "deactivate", "reactivate"):
        answer = doras.post(f"{here}{verb}/")
        done[verb] = (answer["Location"], AuditEvent.objects.order_by("-pk").first().verb)

    assert done == {
        "send-link": (f"{here}?told=send_link", "link.requested"),
        "deactivate": (f"{here}?told=deactivate", "user.deactivated"),
        "reactivate": (f"{here}?told=reactivate", "user.reactivated"),
    }
    assert "A mail with a link to choose a password is on its way." in page_of(
        doras.get(done["reactivate"][0])
    )


def test_a_lockout_shows_and_is_released(cast, doras):
    for _ in range(5):
        with pytest.raises(services.WrongCredentials):
            services.sign_in(cast.ana.email, "wrong", address="192.0.2.1")

    shown = page_of(doras.get("/firm/"))
    answer = doras.post(f"/firm/users/{cast.ana.pk}/release-lockout/")

    assert (shown.count("Locked out"), answer.status_code) == (1, 302)
    assert "Locked out" not in page_of(doras.get("/firm/"))


@pytest.mark.parametrize(
    ("verb", "sentence"),
    [
        ("release-lockout", "Nothing is locked here; no sign-in to this account has failed lately."),
        ("reactivate", "This user is active already."),
        ("deactivate", "Nobody changes the own role or ends the own account."),
    ],
)
def test_a_refused_deed_comes_back_on_the_persons_page(cast, doras, verb, sentence):
    answer = doras.post(f"/firm/users/{cast.dora.pk}/{verb}/")

    assert (answer.status_code, sentence in page_of(answer)) == (409, True)
    again = doras.get(f"/firm/users/{cast.dora.pk}/{verb}/")  # the address of what was refused
    assert (again.status_code, again["Location"]) == (302, f"/firm/users/{cast.dora.pk}/")


def test_nobody_else_gets_in_and_a_form_that_is_refused_is_no_fault(cast):
    anas = let_in(cast.ana, raise_request_exception=False)
    reads = ["", "users/new/", f"users/{cast.ben.pk}/", "audit/", "audit/export/", "usage/"]
    deeds = ["users/new/", *(f"users/{cast.ben.pk}/{verb}/" for verb in ("deactivate", "send-link"))]

    answers = [anas.get(f"/firm/{page}") for page in reads] + [anas.post(f"/firm/{deed}") for deed in deeds]

    assert [answer.status_code for answer in answers] == [403] * 9
    assert "Firm" not in re.findall(r"<span>(\w+)</span></a>", page_of(anas.get("/account/")))


def test_a_refused_try_names_in_the_audit_whom_it_was_about(cast):
    let_in(cast.ana).post(f"/firm/users/{cast.ben.pk}/deactivate/")
    let_in(cast.emil).post(f"/firm/users/{cast.ben.pk}/deactivate/")

    tried = AuditEvent.objects.filter(verb="access.refused").order_by("pk")
    assert [(event.actor, event.target_type, event.target_id) for event in tried] == [
        ("ana@hart.example", "user", str(cast.ben.pk)),
        ("emil@partners.example", "", ""),  # a row of another firm is none
    ]


# The audit


def test_the_audit_reads_in_plain_words_the_newest_first(cast, doras):
    services.order_link(cast.ana, by=cast.dora)

    answer = doras.get("/firm/audit/")

    deed = answer.context["deeds"][0]
    assert (deed.actor, deed.words, deed.about) == (
        "Ad Min",
        "asked for a link to choose a password",
        "First Last",
    )
    assert last_deed() == ("audit.listed", cast.dora.email, "")
    assert "emil" not in page_of(answer)


def test_the_audit_is_narrowed_by_person_deed_client_and_days(cast, doras):
    def found(**asked):
        answer = doras.get("/firm/audit/", asked)
        return [(deed.event.verb, deed.event.actor) for deed in answer.context["deeds"]]

    today = timezone.now().date()
    opened = ("client.opened", "ana@hart.example")
    assert found(verb="client.opened") == [opened, opened]
    assert found(verb="client.opened", client=cast.open.pk) == [opened]
    assert found(verb="client.opened", actor="dora@hart.example") == []
    assert found(verb="client.opened", since=str(today), until=str(today)) == [opened, opened]
    assert found(verb="client.opened", since=str(today + timedelta(days=1))) == []
    assert found(verb="client.opened", until=str(today - timedelta(days=1))) == []
    assert found(client=cast.foreign.pk) == []


@pytest.mark.parametrize("days", [{"until": "9999-12-31"}, {"since": "0001-01-01"}])
def test_the_audit_is_narrowed_by_the_first_and_the_last_of_all_days(cast, doras, days):
    assert doras.get("/firm/audit/", days).context["deeds"]
    assert b"".join(doras.get("/firm/audit/export/", days).streaming_content).count(b"\n") > 1


def test_the_audit_names_clients_to_those_alone_who_may_see_them(cast, doras):
    answer = doras.get("/firm/audit/", {"verb": "client.opened"})

    told = {client.client_id: client.name for deed in answer.context["deeds"] for client in deed.clients}
    assert told == {cast.open.pk: "Harbour Bakery", cast.restricted.pk: ""}
    assert f'title="{cast.open.pk}">Harbour Bakery</a>' in page_of(answer)
    assert f">{cast.restricted.pk}</a>" in page_of(answer)
    assert "Jane Smith" not in page_of(answer)
    assert AuditEvent.objects.filter(verb="audit.listed").latest("pk").client_ids == [cast.open.pk]


def test_the_audit_names_three_clients_of_an_event_and_counts_the_others(cast, doras):
    clients = [factories.client(cast.ana, f"Client {number}").pk for number in range(5)]
    audit.record_read("client.listed", by=cast.ana, client_ids=clients)

    answer = doras.get("/firm/audit/", {"verb": "client.listed"})

    (deed,) = answer.context["deeds"]
    assert ([client.name for client in deed.clients], deed.more) == (["Client 0", "Client 1", "Client 2"], 2)
    assert "and 2 more" in page_of(answer)


def test_the_days_of_the_filters_say_whose_days_they_are(cast, doras):
    page = page_of(doras.get("/firm/audit/"))

    assert re.findall(r'<label for="id_(?:since|until)">([^<]*)<', page) == ["From (UTC)", "To (UTC)"]


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "never"},
        {"verb": "client.burnt"},
        {"actor": "emil@partners.example"},
        {"client": "\0"},
        {"client": "Harbour Bakery"},
        {"since": "2026-03-02", "until": "2026-03-01"},
    ],
)
def test_a_filter_that_is_none_is_refused_and_nothing_is_shown(cast, doras, asked):
    for page in ("/firm/audit/", "/firm/audit/export/"):
        answer = doras.get(page, asked)

        assert answer.status_code == 400
        assert "<tbody>" not in page_of(answer)


def test_what_is_no_clients_id_and_days_the_wrong_way_round_are_refused_at_their_fields(cast, doras):
    page = doras.get("/firm/audit/", {"client": "Northwind", "since": "2026-03-02", "until": "2026-03-01"})

    assert page.context["form"].errors == {
        "client": [NO_CLIENT_ID],
        "until": ["This day is before the one in “From”."],
    }
    one_day = {"client": f" {cast.open.pk} ", "since": "2026-03-01", "until": "2026-03-01"}
    assert doras.get("/firm/audit/", one_day).status_code == 200


def test_older_pages_follow_each_other_without_counting(cast, doras):
    for _ in range(60):
        services.order_link(cast.ana, by=cast.dora)

    with CaptureQueriesContext(connection) as queries:
        first = doras.get("/firm/audit/", {"verb": "link.requested"})
    second = doras.get(f"/firm/audit/?verb=link.requested&before={first.context['older']}")

    seen = [deed.event.pk for page in (first, second) for deed in page.context["deeds"]]
    assert seen == sorted(set(seen), reverse=True)
    assert (len(seen), second.context["older"]) == (60, None)
    assert [query["sql"] for query in queries if "COUNT(" in query["sql"]] == []
    assert doras.get("/firm/audit/?before=x").status_code == 200


def test_the_export_holds_what_the_filters_leave_and_is_itself_in_the_audit(cast, doras):
    answer = doras.get("/firm/audit/export/", {"verb": "client.opened", "actor": ""})

    rows = list(csv.DictReader(b"".join(answer.streaming_content).decode().splitlines()))
    assert answer["Content-Disposition"] == 'attachment; filename="audit.csv"'
    assert [row["verb"] for row in rows] == ["client.opened"] * 2
    event = AuditEvent.objects.get(verb="audit.exported")
    assert (event.actor, event.facts) == (cast.dora.email, {"filters": ["verb"]})


def test_every_deed_has_plain_words():
    assert {verb.value for verb in Verb if told(verb) == verb or "{" in told(verb)} == set()


# Usage


def test_usage_counts_the_deeds_of_each_month_of_this_firm(cast, doras):
    factories.document(cast.open, "x" * 100, by=cast.ana)
    factories.document(cast.restricted, "y" * 50, by=cast.ana)
    factories.document(cast.foreign, "z" * 70, by=cast.emil)
    factories.document(cast.open, "imported" * 4, by=SYSTEM)
    for who in (cast.ana, cast.ana, cast.ben):
        services.sign_in(who.email, services.renew_password(who, by=SYSTEM), address="192.0.2.1")

    answer = doras.get("/firm/usage/")

    months = answer.context["months"]
    this = timezone.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    assert months[0] == usage.Month(this, questions=0, documents=3, clients=2, people=2)
    assert [month.begins_at.month for month in months] == [
        (this.month - 1 - ago) % 12 + 1 for ago in range(12)
    ]
    assert {(month.documents, month.people) for month in months[1:]} == {(0, 0)}
    assert answer.context["stored_bytes"] == 100 + 50 + 32


def test_what_was_done_in_another_month_is_counted_there(cast):
    last_month = timezone.now().replace(day=1) - timedelta(days=3)
    long_ago = timezone.now() - timedelta(days=400)
    for moment in (last_month, last_month, long_ago):
        AuditEvent.objects.create(
            firm_id=cast.firm.pk,
            actor=cast.ana.email,
            actor_id=cast.ana.pk,
            verb="question.asked",
            occurred_at=moment,
        )

    months = usage.months_of(cast.dora)

    assert [month.questions for month in months] == [0, 2] + [0] * 10
    assert [month.questions for month in usage.months_of(cast.emil)] == [0] * 12


def test_usage_costs_the_same_however_much_was_done(cast, doras):
    doras.get("/firm/usage/")  # the first request of a session writes it
    costs = []
    for times in (1, 20):
        for number in range(times):
            factories.document(cast.open, f"{number}-{times}" * 9, by=cast.ana)
        with CaptureQueriesContext(connection) as queries:
            doras.get("/firm/usage/")
        costs.append(len(queries))

    assert costs[0] == costs[1]
