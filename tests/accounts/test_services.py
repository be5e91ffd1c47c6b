import pytest

from accounts import services
from accounts.models import Firm, User
from lexai.audit.models import AuditEvent
from lexai.errors import NotAcceptable, NotAllowed
from lexai.system import SYSTEM
from tests import factories


def administrator(email="dora@new.example"):
    return User(email=email, first_name="Dora", last_name="Doe")


@pytest.mark.django_db
def test_creating_a_firm_gives_it_an_administrator_who_can_sign_in():
    firm, password = services.create_firm(Firm(name="New"), administrator(" Dora@New.example "), by=SYSTEM)

    dora = User.objects.get(firm=firm)
    assert (dora.email, dora.role, dora.firm_name) == ("dora@new.example", "admin", "New")
    assert dora.check_password(password)
    assert dora.password.startswith("bcrypt_sha256$")
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True)) == [
        "firm.created",
        "user.added",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("firm_name", "email", "sentence"),
    [
        ("", "dora@new.example", "name: A firm needs a name."),
        (
            "New",
            "no address",
            "The e-mail address is not valid. Write it as name@example.com, at most 120 characters.",
        ),
        ("New", "a" * 120 + "@x.example", str(services.BadEmail())),
        ("Hart Law", "x@new.example", "A firm of this name exists already. Choose another name."),
        ("New", "ana@hart.example", "email: A user with this e-mail address exists already."),
    ],
)
def test_a_bad_firm_is_refused_with_one_sentence_and_nothing_is_stored(cast, firm_name, email, sentence):
    before = (Firm.objects.count(), User.objects.count(), AuditEvent.objects.count())

    with pytest.raises((NotAcceptable, services.BadEmail)) as refusal:
        services.create_firm(Firm(name=firm_name), administrator(email), by=SYSTEM)

    assert str(refusal.value) == sentence
    assert (Firm.objects.count(), User.objects.count(), AuditEvent.objects.count()) == before


def test_only_the_machine_creates_firms(cast):
    with pytest.raises(NotAllowed):
        services.create_firm(Firm(name="Mine"), administrator(), by=cast.dora)


def test_a_colleague_invites_nobody_and_an_administrator_only_to_the_own_firm(cast):
    for who, firm in [(cast.ana, cast.firm), (cast.dora, cast.other_firm), (cast.emil, cast.firm)]:
        newcomer = User(firm=firm, email="new@hart.example", first_name="N", last_name="W")
        with pytest.raises(NotAllowed):
            services.invite_user(newcomer, by=who)

    assert not User.objects.filter(email="new@hart.example").exists()


def test_nobody_but_the_machine_hands_out_passwords(cast):
    newcomer = User(firm=cast.firm, email="new@hart.example", first_name="N", last_name="W")

    with pytest.raises(NotAllowed):
        services.add_user(newcomer, by=cast.dora)
    with pytest.raises(NotAllowed):
        services.renew_password(cast.ana, by=cast.dora)


def test_a_renewed_password_replaces_the_old_one(cast):
    old = services.renew_password(cast.ana, by=SYSTEM)
    new = services.renew_password(cast.ana, by=SYSTEM)

    cast.ana.refresh_from_db()
    assert cast.ana.check_password(new)
    assert not cast.ana.check_password(old)


def test_an_address_signs_in_however_it_is_spelled(cast):
    password = services.renew_password(cast.ana, by=SYSTEM)

    assert services.sign_in(" Ana@HART.example", password, address="192.0.2.1") == cast.ana
    with pytest.raises(services.WrongCredentials):
        services.sign_in("ana@hart.example", "wrong", address="192.0.2.1")


def test_the_premium_role_starts_in_the_premium_tier(cast):
    pia = factories.user(cast.firm, "pia@hart.example", role="premium")

    assert (pia.subscription_tier, cast.ana.subscription_tier) == ("premium", "free")
