"""What happens when the sessions of a user end elsewhere than in their own browser."""

from django.db import transaction

from accounts import policies
from accounts.models import Session, User
from lexai import audit
from lexai.errors import Gone, require


@transaction.atomic
def end_session(session: Session, *, by: User) -> None:
    """End one of the own sessions: its browser is signed out at its next request. Raises Gone."""
    require(policies.can_end_session(by, session))
    if not Session.objects.filter(pk=session.pk).delete()[0]:
        raise Gone
    audit.record("session.ended", by, by=by, elsewhere=1)


@transaction.atomic
def end_other_sessions(user: User, kept_key: str, *, by: User) -> int:
    """End all sessions of a user but the one with this key; return how many lived."""
    require(policies.can_sign_out(by, user))
    others = Session.objects.filter(user=user.pk).exclude(pk=kept_key)
    living = others.alive().count()
    others.delete()
    audit.record("session.ended", user, by=by, elsewhere=living)
    return living
