"""What happens when a firm comes."""

from django.db import transaction

from accounts import policies
from accounts.models import Firm, User
from accounts.services.people import add_user
from lexai import audit
from lexai.database import insert
from lexai.encryption.fields import scope_of
from lexai.encryption.keyring import make_key
from lexai.errors import require
from lexai.system import SystemUser


@transaction.atomic
def create_firm(firm: Firm, administrator: User, *, by: User | SystemUser) -> tuple[Firm, str]:
    """Create a firm with its first administrator; return it and the generated password, shown this once.

    Raises BadEmail, or NotAcceptable when the name or the address is taken.
    """
    require(policies.can_create_firm(by))
    insert(firm)
    make_key(scope_of("firm_id", firm.pk))
    audit.record("firm.created", firm, by=by)
    administrator.firm, administrator.role = firm, User.Role.ADMIN
    password = add_user(administrator, by=by)
    return firm, password
