"""Read mails as they travel (EML, RFC 5322 and MIME), with caps before anything is taken apart.

Multiparts are cut into slices by their boundaries, the outer before the inner, to a depth that no honest mail reaches.
Attachments and mails within the mail are handed on as parts; signatures of mails are no parts.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from documents.extraction import limits, markup, plain
from documents.extraction.cleaning import clean
from documents.extraction.extracted import Extracted, flowing
from documents.extraction.job import Job
from documents.extraction.mail import correspondence
from documents.extraction.mail.invites import invitation
from documents.extraction.mail.mime import Entity
from documents.extraction.markup import Shown
from documents.extraction.parts import Parts, harmless
from documents.extraction.refusals import OverLimits, TooComplex

MEDIA_TYPE = "message/rfc822"

SHOWN_HEADERS = ("From", "To", "Cc", "Bcc", "Date", "Subject")
DEPTH_LIMIT = 20  # multiparts within multiparts
_ENTITY_ALLOWANCE = 100  # bodies and multiparts beside the attachments

_SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")
_ENVELOPES = ("application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted")
_TEXTS = ("text/plain", "text/html", "text/calendar", "message/delivery-status", "text/rfc822-headers")
_MAILS = ("message/rfc822", "message/global")
_ELSEWHERE = ("message/external-body", "message/partial")
_OUTLOOK_ONLY = "it is in a form that only Outlook reads"
_NOT_HERE = "its content is not in this file"
_CUT_OFF = "This mail ends in the middle of a part: some of it may be missing."
_PGP = "-----BEGIN PGP MESSAGE-----"
# A mailbox parts its mails by lines like "From ana@example.org Tue May 10 11:28:07 2005".
_MAILBOX_MARK = re.compile(rb"(?:\A|\n\r?\n)(?=From \S[^\r\n]{10,200} [0-9]{4}\r?\n)")


def read(content: bytes, job: Job) -> Extracted:
    """Read head and body, and hand on what is attached; raise OverLimits, TooComplex or NoText."""
    starts = [mark.end() for mark in _MAILBOX_MARK.finditer(content)] if content.startswith(b"From ") else []
    return _read_mailbox(content, starts, job) if len(starts) > 1 else _read_mail(content, job)


def _read_mailbox(content: bytes, starts: list[int], job: Job) -> Extracted:
    """Hand on each mail of a mailbox; its own text is the list of their subjects."""
    if len(starts) > limits.ATTACHMENT_LIMIT:
        raise OverLimits
    parts = Parts(job)
    for start, end in zip(starts, [*starts[1:], len(content)], strict=True):
        parts.add(*_named_mail(content[start:end].rstrip()))
    return flowing("\n".join(parts.names), media_type=MEDIA_TYPE, warnings=parts.warnings())


def _named_mail(content: bytes) -> tuple[str, bytes]:
    subject = harmless(Entity(content).header("Subject").replace("/", "-").replace("\\", "-"))
    return f"{subject or 'mail'}.eml", content


def _read_mail(content: bytes, job: Job) -> Extracted:
    root, parts = Entity(content.removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n")), Parts(job)
    mail = _Mail(parts)
    mail.visit(root, depth=0)
    headers = [(name, root.header(name)) for name in SHOWN_HEADERS]
    return correspondence.mail(
        headers, mail.bodies, parts, media_type=MEDIA_TYPE, warnings=mail.all_warnings()
    )


@dataclass
class _Alternatives:
    """The same text in several forms."""

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    invitations: list[str] = field(default_factory=list)

    def shown(self) -> Iterator[Shown]:
        yield correspondence.chosen("\n\n".join(self.plain), self.html)
        for text in self.invitations:
            yield correspondence.as_shown(invitation(text))


class _Mail:
    """What is found while the parts of a mail are visited in their order."""

    def __init__(self, parts: Parts) -> None:
        self.bodies: list[Shown] = []
        self._parts = parts
        self._alternatives: _Alternatives | None = None
        self._entities = 0
        self._logos = 0
        self._warnings: list[str] = []
        self._outlook_only: list[str] = []
        self._elsewhere: list[str] = []

    def visit(self, entity: Entity, depth: int) -> None:
        """Take in one entity with all that is in it."""
        self._entities += 1
        if self._entities > limits.ATTACHMENT_LIMIT + _ENTITY_ALLOWANCE:
            raise OverLimits
        if depth > DEPTH_LIMIT:
            raise TooComplex
        if entity.kind in _ENVELOPES:
            self._warnings.append(correspondence.ENCRYPTED)
        elif entity.kind.startswith("multipart/") and (children := entity.children()):
            self._visit_all(entity, children, depth + 1)
        else:
            self._take(entity)

    def _visit_all(self, entity: Entity, children: list[Entity], depth: int) -> None:
        if not entity.is_closed:
            self._warnings.append(_CUT_OFF)
        opens = entity.kind == "multipart/alternative" and self._alternatives is None
        if opens:
            self._alternatives = _Alternatives()
        for child in children:
            self.visit(child, depth)
        if opens and self._alternatives is not None:
            self.bodies += self._alternatives.shown()
            self._alternatives = None

    def _take(self, entity: Entity) -> None:
        kind, name = entity.kind, entity.filename()
        if kind in _MAILS:
            self._take_mail(entity, name)
        elif (kind in _TEXTS or kind.startswith("multipart/")) and not (name or entity.is_attachment):
            self._take_text(entity)
        elif kind == "application/ms-tnef" or name.lower() == "winmail.dat":
            self._outlook_only.append(harmless(name, otherwise="winmail.dat"))
        elif kind in _ELSEWHERE:
            self._elsewhere.append(harmless(name, otherwise="a part without a name"))
        elif kind not in _SIGNATURES:
            self._take_attachment(entity, name)

    def _take_mail(self, entity: Entity, name: str) -> None:
        content = entity.content()
        subject, _ = _named_mail(content)
        self._parts.add(name or subject, content)

    def _take_attachment(self, entity: Entity, name: str) -> None:
        content = entity.content()
        is_named_by_text = bool(entity.header("Content-ID") or entity.header("Content-Location"))
        is_within = is_named_by_text and not entity.is_attachment
        if entity.kind.startswith("image/") and is_within and len(content) < correspondence.LOGO_LIMIT_BYTES:
            self._logos += 1
            return
        self._parts.add(name, content, otherwise="attachment")

    def _take_text(self, entity: Entity) -> None:
        declared = entity.parameter("charset")
        content = entity.content()
        if entity.kind == "text/html" and not declared:
            declared = markup.declared_charset(content)
        text, warnings = plain.decoded(content, declared)
        self._warnings += warnings
        alternatives = self._alternatives or _Alternatives()
        self._sort(entity, text, alternatives)
        if self._alternatives is None:
            self.bodies += alternatives.shown()

    def _sort(self, entity: Entity, text: str, alternatives: _Alternatives) -> None:
        if entity.kind == "text/html":
            alternatives.html.append(text)
        elif entity.kind == "text/calendar":
            alternatives.invitations.append(text)
        else:
            if _PGP in text:
                self._warnings.append(correspondence.ENCRYPTED)
            is_flowed = entity.parameter("format").lower() == "flowed"
            joins_words = entity.parameter("delsp").lower() == "yes"
            alternatives.plain.append(unflowed(text, joins_words=joins_words) if is_flowed else text)

    def all_warnings(self) -> list[str]:
        """Say what may be missing."""
        logos = [correspondence.LOGOS.format(self._logos)] if self._logos else []
        return [
            *self._warnings,
            *logos,
            *correspondence.unread(self._outlook_only, _OUTLOOK_ONLY),
            *correspondence.unread(self._elsewhere, _NOT_HERE),
        ]


def unflowed(text: str, *, joins_words: bool) -> str:
    """Join the lines that format=flowed broke (RFC 3676); `joins_words` is its DelSp=yes."""
    lines: list[str] = []
    pieces: list[str] = []
    depth_before = -1
    for line in clean(text).split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        said = line[depth:].removeprefix(" ")
        if pieces and depth != depth_before:
            lines.append("".join(pieces))
            pieces = []
        if not pieces and depth:
            pieces.append(">" * depth + " ")
        is_flowed = said.endswith(" ") and said != "-- "
        pieces.append(said[:-1] if is_flowed and joins_words else said)
        depth_before = depth
        if not is_flowed:
            lines.append("".join(pieces))
            pieces = []
    return "\n".join([*lines, "".join(pieces)] if pieces else lines)
