"""Whether whoever follows a stream would still be let in, asked anew while it lasts."""

from collections.abc import Callable

from django.db.models import Exists, Q
from django.utils import timezone
from rest_framework.request import Request

from accounts.models import ApiToken, Session, User

Admission = Callable[[], Q | Exists]


def admission(request: Request, *, by: User) -> Admission:
    """Return the condition under which whoever asks would still be let in, to be asked anew at every poll.

    It names the token or the session, not only the user: what is revoked or signed out ends its streams. A
    session ends with the password and with the role.
    """
    token, session_key = request.auth, request.session.session_key
    if isinstance(token, ApiToken):
        return lambda: Exists(ApiToken.objects.alive().filter(pk=token.pk))
    person = User.objects.with_credentials_of(by)
    return lambda: Q(
        Exists(person),
        Exists(Session.objects.filter(session_key=session_key, expire_date__gt=timezone.now())),
    )
