"""A look at a page is one deed: its words and its picture come apart, and the audit names it once.

With the words whoever looks is given a proof; the picture that comes with it is part of that look.
"""

from django.core.signing import BadSignature, TimestampSigner

from documents.models import Document
from lexai.system import Actor

LOOK_SECONDS = 300  # how long a picture may take to be asked for; later it is a look of its own


def proof(document: Document, number: int, *, by: Actor) -> str:
    """Return what proves that this person was just shown this page."""
    return _signer(document, number, by).sign("")


def is_proven(look: str, document: Document, number: int, *, by: Actor) -> bool:
    """Say whether this is the proof of a look at this page by this person, a moment ago."""
    try:
        _signer(document, number, by).unsign(look, max_age=LOOK_SECONDS)
    except BadSignature:
        return False
    return True


def _signer(document: Document, number: int, by: Actor) -> TimestampSigner:
    return TimestampSigner(salt=f"documents.looks {by.pk} {document.pk} {number}")
