import unicodedata

import pytest

from clients import policies, services
from clients.models import Client, Member
from lexai.audit.models import AuditEvent
from lexai.errors import Gone, NotAcceptable, NotAllowed
from lexai.system import SYSTEM
from tests import factories


def everybody(cast):
    return [cast.ana, cast.ben, cast.cleo, cast.dora, cast.emil, SYSTEM]


def test_who_sees_which_client(cast):
    seen = {str(user): set(Client.objects.visible_to(user)) for user in everybody(cast)}

    assert seen == {
        "ana@hart.example": {cast.restricted, cast.open},
        "ben@hart.example": {cast.restricted, cast.open},
        "cleo@hart.example": {cast.open},
        "dora@hart.example": {cast.open},
        "emil@partners.example": {cast.foreign},
        "system": {cast.restricted, cast.open, cast.foreign},
    }


def test_the_policy_and_the_queryset_agree(cast):
    cast.ben.is_active = False
    for user in everybody(cast):
        seen = set(Client.objects.visible_to(user))
        assert {one for one in Client.objects.all() if policies.can_view_client(user, one)} == seen


def test_a_deactivated_user_sees_nothing(cast):
    cast.ana.is_active = False

    assert not Client.objects.visible_to(cast.ana).exists()
    assert not Member.objects.visible_to(cast.ana).exists()


def test_a_client_is_opened_in_the_own_firm_only(cast):
    with pytest.raises(NotAllowed):
        services.open_client(Client(firm=cast.other_firm, name="Stolen"), by=cast.ana)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "name: A client needs a name."),
        ({"name": "x" * 101}, "name: Ensure this value has at most 100 characters (it has 101)."),
        ({"name": "\u200b \u00ad"}, "name: A client needs a name."),
        ({"name": "Lone \ud800"}, "name: It holds characters that are not text. Remove them."),
        ({"name": "Nul \0"}, "name: It holds characters that are not text. Remove them."),
    ],
)
def test_a_bad_client_is_refused_in_one_sentence(cast, fields, sentence):
    with pytest.raises(NotAcceptable) as refusal:
        services.open_client(Client(firm=cast.firm, **fields), by=cast.ana)

    assert str(refusal.value) == sentence


@pytest.mark.parametrize("typed", ["NFC", "NFD"])
@pytest.mark.parametrize("written", ["NFC", "NFD"])
def test_a_name_is_found_however_its_accents_are_written(cast, written, typed):
    client = services.open_client(
        Client(firm=cast.firm, name=unicodedata.normalize(written, "Müller")), by=cast.ana
    )

    found = Client.objects.visible_to(cast.ana).found_by(unicodedata.normalize(typed, "müll"))

    assert list(found) == [client]


def test_restricting_makes_whoever_does_it_a_member(cast):
    restricted = services.restrict_client(cast.open, by=cast.cleo, members=[])

    assert list(restricted.members.all()) == [cast.cleo]
    assert restricted.version == 2
    assert not policies.can_view_client(cast.ana, restricted)


def test_the_machine_names_a_member_when_it_restricts(cast):
    with pytest.raises(services.LastMember):
        services.restrict_client(cast.open, by=SYSTEM, members=[])


def test_a_wall_is_built_once_and_taken_down_once(cast):
    with pytest.raises(services.AlreadyRestricted):
        services.restrict_client(cast.restricted, by=cast.ana, members=[])
    with pytest.raises(services.NotRestricted):
        services.unrestrict_client(cast.open, by=cast.ana)

    assert {one.version for one in Client.objects.filter(pk__in=[cast.open.pk])} == {1}


def test_lifting_the_restriction_shows_the_client_to_the_firm_again(cast):
    services.unrestrict_client(cast.restricted, by=cast.ben)

    assert cast.restricted in Client.objects.visible_to(cast.cleo)
    assert cast.restricted not in Client.objects.visible_to(cast.emil)


def test_nobody_outside_the_wall_moves_it(cast):
    for outsider in (cast.cleo, cast.dora, cast.emil):
        with pytest.raises(Gone):
            services.add_member(cast.restricted, outsider, by=outsider)
        with pytest.raises(Gone):
            services.unrestrict_client(cast.restricted, by=outsider)
    assert set(cast.restricted.members.all()) == {cast.ana, cast.ben}


def test_members_come_from_the_own_firm_and_once(cast):
    with pytest.raises(services.MemberOfAnotherFirm):
        services.add_member(cast.restricted, cast.emil, by=cast.ana)
    with pytest.raises(services.AlreadyMember):
        services.add_member(cast.restricted, cast.ben, by=cast.ana)


def test_the_last_member_stays_and_a_removed_one_sees_nothing(cast):
    services.remove_member(cast.restricted, cast.ben, by=cast.ana)
    assert cast.restricted not in Client.objects.visible_to(cast.ben)

    with pytest.raises(services.LastMember):
        services.remove_member(cast.restricted, cast.ana, by=cast.ana)
    with pytest.raises(services.NoMember):
        services.remove_member(cast.restricted, cast.ben, by=cast.ana)


def test_each_deed_on_a_wall_is_one_row_of_the_audit(cast):
    before = AuditEvent.objects.latest("pk").pk
    services.add_member(cast.restricted, cast.cleo, by=cast.ana)
    services.remove_member(cast.restricted, cast.cleo, by=cast.ana)
    services.unrestrict_client(cast.restricted, by=cast.ana)

    rows = AuditEvent.objects.filter(pk__gt=before).order_by("pk").values_list("verb", "actor", "client_ids")
    assert list(rows) == [
        (verb, "ana@hart.example", [cast.restricted.pk])
        for verb in ("member.added", "member.removed", "client.unrestricted", *["member.removed"] * 2)
    ]


def test_a_client_is_found_by_id_number_or_name_and_only_when_visible(cast):
    known = factories.client(cast.ana, "Ruth Calloway", case_number="2024-PRO-3")
    for spelling in (known.pk, "2024-PRO-3", "Ruth Calloway"):
        assert services.find_client(spelling, by=cast.cleo) == known
    for who, spelling in [
        (cast.cleo, cast.restricted.pk),
        (cast.emil, known.pk),
        (cast.ana, "nobody"),
        (cast.ana, ""),
    ]:
        with pytest.raises(services.UnknownClient):
            services.find_client(spelling, by=who)


def test_two_clients_of_one_name_are_not_guessed_between(cast):
    factories.client(cast.ana, "Harbour Bakery")
    with pytest.raises(services.AmbiguousClient):
        services.find_client("Harbour Bakery", by=cast.ana)
