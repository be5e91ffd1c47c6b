"""The people of a firm: invited, changed, dismissed and let back in, by its administrators alone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services
from accounts.models import Lockout, User
from lexai.audit.models import AuditEvent
from lexai.errors import DomainError, NotAllowed
from lexai.system import SYSTEM
from tests import factories
from tests.browsing import Browser, password_of, signed_in, together

USERS = "/api/v1/users/"
NEW = {"email": "ida@hart.example", "first_name": "Ida", "last_name": "Dow"}


@pytest.fixture
def doras(cast):
    return signed_in(cast.dora)


def deeds():
    return list(AuditEvent.objects.order_by("-pk").values_list("verb", "actor", "target_id")[:1])


def test_an_administrator_invites_and_nobody_chooses_anothers_password(cast, doras, mailoutbox):
    answer = doras.send(USERS, NEW)
    ida = User.objects.get(email="ida@hart.example")

    assert (answer.status_code, answer.json()["status"], answer.json()["role"]) == (201, "invited", "user")
    assert deeds() == [("user.invited", cast.dora.email, str(ida.pk))]
    assert (ida.firm, ida.has_usable_password(), ida.link_requested_at is None) == (cast.firm, False, False)
    services.send_link(ida, by=SYSTEM)
    assert [mail.to for mail in mailoutbox] == [["ida@hart.example"]]
    for field in ("password", "is_active", "firm", "firm_id", "id", "is_staff", "is_superuser", "status"):
        refused = doras.send(USERS, {**NEW, "email": "x@hart.example", field: True})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, field)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**NEW, "email": "no address"}, "email"),
        ({**NEW, "email": "ana@hart.example"}, "email"),
        ({**NEW, "email": "ANA@hart.example"}, "email"),
        ({**NEW, "role": "owner"}, "role"),
        ({**NEW, "first_name": ""}, "first_name"),
        ({**NEW, "last_name": "x" * 51}, "last_name"),
        ({**NEW, "first_name": "a\u202eb"}, "first_name"),
    ],
)
def test_a_bad_invitation_is_refused_in_a_sentence(cast, doras, body, field):
    before = User.objects.count()

    answer = doras.send(USERS, body)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert User.objects.count() == before


def test_users_are_listed_filtered_and_ordered_for_administrators(cast, doras):
    everyone = doras.get(USERS).json()

    assert [user["email"] for user in everyone["results"]] == [
        f"{name}@hart.example" for name in ("ana", "ben", "cleo", "dora")
    ]
    assert doras.get(USERS, {"role": "admin"}).json()["count"] == 1
    assert doras.get(USERS, {"search": "BEN"}).json()["count"] == 1
    assert doras.get(USERS, {"is_active": "false"}).json()["count"] == 0
    assert doras.get(USERS, {"ordering": "-email"}).json()["results"][0]["email"] == "dora@hart.example"
    assert doras.get(USERS, {"password": "x"}).status_code == 400
    shown = doras.get(f"{USERS}{cast.ana.pk}/").content.decode() + str(everyone)
    assert [word in shown for word in ("bcrypt", "password", "reset_token", "emil")] == [False] * 4


def test_a_list_of_users_costs_the_same_with_few_and_with_many(cast, doras):
    costs = []
    for times in (1, 3):
        for number in range(times):
            factories.user(cast.firm, f"more-{times}-{number}@hart.example")
        with CaptureQueriesContext(connection) as queries:
            assert doras.get(USERS).status_code == 200
        costs.append(len(queries))

    assert costs[0] == costs[1]


@pytest.mark.parametrize("who", ["ana", "cleo"])
def test_nobody_else_reaches_the_users(cast, who):
    browser = signed_in(getattr(cast, who))
    tries = [browser.get(USERS), browser.get(f"{USERS}{cast.ana.pk}/"), browser.send(USERS, NEW)]
    tries += [browser.send(f"{USERS}{cast.ana.pk}/", {"role": "admin"}, "PATCH")]
    tries += [
        browser.send(f"{USERS}{cast.ben.pk}/{verb}/")
        for verb in ("deactivate", "reactivate", "send-link", "release-lockout")
    ]

    assert [answer.status_code for answer in tries] == [403] * len(tries)
    cast.ana.refresh_from_db()
    assert cast.ana.role == "user"


def test_the_people_of_another_firm_are_not_there(cast):
    emils = signed_in(cast.emil)
    for method, path, body in [
        ("GET", f"{USERS}{{}}/", None),
        ("PATCH", f"{USERS}{{}}/", {"role": "admin"}),
        ("POST", f"{USERS}{{}}/deactivate/", None),
        ("POST", f"{USERS}{{}}/reactivate/", None),
        ("POST", f"{USERS}{{}}/send-link/", None),
        ("POST", f"{USERS}{{}}/release-lockout/", None),
    ]:
        foreign = emils.send(path.format(cast.ana.pk), body, method)
        absent = emils.send(path.format(999999999), body, method)
        assert (foreign.status_code, foreign.content) == (404, absent.content)

    for service in (services.deactivate_user, services.reactivate_user, services.order_link):
        with pytest.raises(NotAllowed):
            service(cast.ana, by=cast.emil)
    cast.ana.refresh_from_db()
    assert (cast.ana.role, cast.ana.is_active) == ("user", True)


def test_nobody_changes_the_own_role_or_ends_the_own_account(cast, doras):
    answers = [
        doras.send(f"{USERS}{cast.dora.pk}/", {"role": "user"}, "PATCH"),
        doras.send(f"{USERS}{cast.dora.pk}/deactivate/"),
    ]

    assert [(answer.status_code, answer.json()["type"]) for answer in answers] == [
        (409, "urn:lexai:problem:own-role")
    ] * 2
    assert doras.send(f"{USERS}{cast.dora.pk}/", {"first_name": "Theodora"}, "PATCH").status_code == 200


def test_the_last_active_administrator_stays(cast):
    erin = factories.user(cast.firm, "erin@hart.example", role="admin")
    services.deactivate_user(cast.dora, by=erin)

    for deed in (
        lambda: services.deactivate_user(erin, by=SYSTEM),
        lambda: services.change_user(
            User(pk=erin.pk, firm=cast.firm, role="user"), by=SYSTEM, changed={"role"}
        ),
    ):
        with pytest.raises(services.LastAdministrator):
            deed()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_dismiss_each_other_at_once():
    cast = factories.cast()
    erin = factories.user(cast.firm, "erin@hart.example", role="admin")
    pairs = [(cast.dora, erin), (erin, cast.dora)] * 4

    def dismiss(number):
        whom, by = pairs[number]
        by.refresh_from_db()
        try:
            services.deactivate_user(whom, by=by)
        except (services.LastAdministrator, services.people.AlreadyDeactivated, NotAllowed) as refusal:
            return type(refusal).__name__
        return "done"

    assert together(8, dismiss).count("done") == 1
    assert User.objects.administrators().filter(firm=cast.firm).count() == 1


def test_a_person_changes_the_own_names_and_nothing_else(cast):
    browser = signed_in(cast.ana)
    me = "/api/v1/auth/me/"

    assert browser.send(me, {"first_name": "Anna"}, "PATCH").json()["first_name"] == "Anna"
    for field, value in [("role", "admin"), ("email", "x@hart.example"), ("subscription_tier", "premium"),
                         ("is_staff", "true"), ("id", 1), ("firm", "x")]:  # fmt: skip
        answer = browser.send(me, {field: value}, "PATCH")
        assert answer.status_code in {200, 400}
    cast.ana.refresh_from_db()
    assert (cast.ana.role, cast.ana.email, cast.ana.subscription_tier) == ("user", "ana@hart.example", "free")
    with pytest.raises(NotAllowed):
        services.change_user(cast.ana, by=cast.ana, changed={"subscription_tier"})


@pytest.mark.parametrize(
    ("moment", "status"),
    [("2030-01-01T00:00:00Z", 200), (None, 200), ("0001-01-01T00:00:00+14:00", 400),
     ("9999-12-31T23:59:59-14:00", 400), ("never", 400)],
)  # fmt: skip
def test_a_subscription_ends_at_a_time_that_can_be(cast, doras, moment, status):
    answer = doras.send(f"{USERS}{cast.ana.pk}/", {"subscription_expires": moment}, "PATCH")

    assert answer.status_code == status
    if status == 400:
        assert answer.json()["errors"][0]["field"] == "subscription_expires"


def test_deactivating_and_reactivating_twice_is_refused(cast, doras):
    path = f"{USERS}{cast.ana.pk}/"

    assert doras.send(f"{path}deactivate/").json()["status"] == "deactivated"
    assert doras.send(f"{path}deactivate/").status_code == 409
    assert doras.send(f"{path}send-link/").status_code == 409
    assert doras.send(f"{path}reactivate/").json()["status"] == "invited"
    assert doras.send(f"{path}reactivate/").status_code == 409
    assert doras.send(f"{path}send-link/").status_code == 200


def test_lockouts_are_seen_and_released_by_the_own_administrator(cast, doras):
    password = password_of(cast.ana)
    for email in (cast.ana.email, cast.emil.email, "nobody@hart.example"):
        for _ in range(5):
            with pytest.raises(services.WrongCredentials):
                services.sign_in(email, "wrong", address="192.0.2.1")

    assert [lockout.email for lockout in Lockout.objects.visible_to(cast.dora)] == [cast.ana.email]
    assert not Lockout.objects.visible_to(cast.ana).exists()
    assert doras.send(f"{USERS}{cast.ana.pk}/release-lockout/").status_code == 200
    assert deeds() == [("lockout.released", cast.dora.email, str(cast.ana.pk))]
    assert doras.send(f"{USERS}{cast.ana.pk}/release-lockout/").status_code == 409
    assert services.sign_in(cast.ana.email, password, address="192.0.2.1") == cast.ana
    assert [lockout.email for lockout in Lockout.objects.visible_to(cast.emil)] == [cast.emil.email]
    with pytest.raises(DomainError):
        services.release_lockout(Lockout.objects.visible_to(cast.emil).get(), by=cast.dora)


def test_every_read_of_users_is_one_row_in_the_audit(cast, doras):
    doras.get(USERS)
    doras.get(f"{USERS}{cast.ana.pk}/")

    events = AuditEvent.objects.filter(verb__in=["user.listed", "user.viewed"]).order_by("pk")
    assert [event.verb for event in events] == ["user.listed", "user.viewed"]


def test_the_own_account_is_told_and_nobody_else_is_let_in(cast):
    assert signed_in(cast.ana).get("/api/v1/auth/me/").json()["firm"] == "Hart Law"
    answer = Browser().get("/api/v1/auth/me/")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
