"""Every deed of the audit in plain words, for the pages on which people read it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import groupby

from lexai.audit.models import AuditEvent
from lexai.audit.verbs import Verb
from lexai.errors import DomainError, sentence_of
from lexai.system import STRANGER, SYSTEM

# each follows the name of whoever did it
WORDS: dict[str, str] = {
    Verb.ACCESS_REFUSED: "was refused{refusal}",
    Verb.ANSWER_STOPPED: "stopped an answer",
    Verb.AUDIT_EXPORTED: "exported the audit",
    Verb.AUDIT_LISTED: "looked through what was done",
    Verb.AUDIT_VIEWED: "looked at one entry of the audit",
    Verb.CLIENT_CHANGED: "changed {fields} of the client",
    Verb.CLIENT_DELETED: "deleted the client",
    Verb.CLIENT_LISTED: "saw the client in a list",
    Verb.CLIENT_OPENED: "opened the client’s file",
    Verb.CLIENT_RESTRICTED: "restricted the client to its members",
    Verb.CLIENT_UNRESTRICTED: "opened the client to the whole firm",
    Verb.CLIENT_VIEWED: "looked at the case",
    Verb.CONVERSATION_EXPORTED: "exported questions and answers",
    Verb.CONVERSATION_LISTED: "looked through questions and answers",
    Verb.CONVERSATION_VIEWED: "read an answer",
    Verb.DOCUMENT_ADDED: "added {document}",
    Verb.DOCUMENT_DELETED: "deleted {document}",
    Verb.DOCUMENT_DOWNLOADED: "downloaded {document}",
    Verb.DOCUMENT_LISTED: "looked through the documents",
    Verb.DOCUMENT_PAGE_VIEWED: "looked at {page} of {document}",
    Verb.DOCUMENT_READ: "finished reading {document}",
    Verb.DOCUMENT_RECOGNISED: "added {document} once more, which was there already",
    Verb.DOCUMENT_REFUSED: "could not read {document}",
    Verb.DOCUMENT_RETRIED: "had {document} read again",
    Verb.DOCUMENT_TEXT_VIEWED: "read the text of {document}",
    Verb.DOCUMENT_VIEWED: "looked at {document}",
    Verb.FIRM_CREATED: "created the firm",
    Verb.INDEX_REBUILT: "built the search index anew",
    Verb.INFECTION_FOUND: "kept out a file that holds a virus",
    Verb.KEY_ROTATED: "renewed the key that seals the contents",
    Verb.LINK_REQUESTED: "asked for a link to choose a password",
    Verb.LINK_SENT: "mailed {person} a link to choose a password",
    Verb.LOCKOUT_LISTED: "looked through the lockouts",
    Verb.LOCKOUT_RELEASED: "released {person} from a lockout",
    Verb.LOCKOUT_VIEWED: "looked at a lockout",
    Verb.MEMBER_ADDED: "made {person} a member of the client",
    Verb.MEMBER_LISTED: "looked through the client’s members",
    Verb.MEMBER_REMOVED: "removed {person} from the client’s members",
    Verb.PASSAGES_SEARCHED: "searched the documents",
    Verb.PASSWORD_SET: "set a password",
    Verb.QUESTION_ASKED: "asked a question",
    Verb.ROOT_ROTATED: "gave the key store a new root key",
    Verb.SEAL_BROKEN: "met something stored that no longer opens",
    Verb.SESSION_ENDED: "signed out",
    Verb.SESSION_STARTED: "signed in",
    Verb.SIGN_IN_FAILED: "failed to sign in",
    Verb.STORAGE_SWEPT: "cleared away files that belong to nothing",
    Verb.THREAD_LISTED: "looked through the threads",
    Verb.THREAD_RENAMED: "renamed a thread",
    Verb.TOKEN_CREATED: "created an API token",
    Verb.TOKEN_LISTED: "looked through the own API tokens",
    Verb.TOKEN_REVOKED: "revoked an API token",
    Verb.USER_ADDED: "added {person} to the firm",
    Verb.USER_CHANGED: "changed {fields} of {person}",
    Verb.USER_DEACTIVATED: "deactivated {person}",
    Verb.USER_INVITED: "invited {person} to the firm",
    Verb.USER_LISTED: "looked through the people of the firm",
    Verb.USER_REACTIVATED: "reactivated {person}",
    Verb.USER_VIEWED: "looked at {person}",
}
READS = frozenset(
    verb
    for verb in Verb
    if verb.value.endswith((".listed", ".viewed", ".downloaded", ".exported", ".searched"))
)
VAGUE = {"document": "a document", "fields": "details", "page": "a page", "person": "a person", "refusal": ""}
FIELDS = {
    "case_number": "the case number",
    "case_type": "the type of case",
    "email": "the e-mail address",
    "phone": "the telephone number",
    "first_name": "the first name",
    "last_name": "the last name",
    "has_shortcuts": "the keyboard shortcuts",
    "subscription_tier": "the subscription",
    "subscription_expires": "the end of the subscription",
}
THE_MACHINE, A_STRANGER = "LexAI", "Somebody not signed in"
NOT_THERE = {"Http404": "There is nothing here that you may see.", "PermissionDenied": "You may not do this."}


@dataclass(frozen=True)
class Names:
    """What the people and the documents are called whom events name by their ids."""

    people: Mapping[int, str] = field(default_factory=dict)
    documents: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """An event as people read it, or several alike in a row: `words` follow the name of the actor."""

    occurred_at: datetime  # of the last
    actor: str
    words: str
    is_refusal: bool
    times: int = 1


def told(verb: str) -> str:
    """Return a deed in words that follow the name of whoever did it, and name nothing else."""
    return WORDS[verb].format(**VAGUE) if verb in WORDS else verb


def entries(events: Iterable[AuditEvent], names: Names) -> Iterator[Entry]:
    """Yield events as people read them, the newest first; those that read alike and follow each other are one."""

    def said(event: AuditEvent) -> tuple[str, str, bool]:
        return actor_of(event, names), words_of(event, names), event.verb == Verb.ACCESS_REFUSED

    for (actor, words, is_refusal), alike in groupby(events, said):
        newest, *others = alike
        yield Entry(newest.occurred_at, actor, words, is_refusal, 1 + len(others))


def actor_of(event: AuditEvent, names: Names) -> str:
    """Return the name of whoever did it."""
    if event.actor_id is None:
        return {SYSTEM.email: THE_MACHINE, STRANGER.email: A_STRANGER}.get(event.actor, event.actor)
    return names.people.get(event.actor_id, event.actor)


def words_of(event: AuditEvent, names: Names) -> str:
    """Return what was done, to follow the name of whoever did it."""
    known = {
        "document": names.documents.get(_document_id(event) or 0),
        "fields": _joined([FIELDS.get(name, f"the {name}") for name in event.facts.get("fields", [])]),
        "page": f"page {event.facts['page']}" if "page" in event.facts else None,
        "person": names.people.get(_person_id(event) or 0),
        "refusal": _refusal(str(event.facts.get("refusal", ""))),
    }
    return WORDS[event.verb].format(**{**VAGUE, **{name: word for name, word in known.items() if word}})


def people_in(events: Iterable[AuditEvent]) -> set[int]:
    """Return the ids of the people whom events name."""
    return {person for event in events for person in (event.actor_id, _person_id(event)) if person}


def documents_in(events: Iterable[AuditEvent]) -> set[int]:
    """Return the ids of the documents that events name."""
    return {document for event in events if (document := _document_id(event))}


def _document_id(event: AuditEvent) -> int | None:
    return int(event.target_id) if event.target_type == "document" else None


def _person_id(event: AuditEvent) -> int | None:
    named = event.target_id if event.target_type == "user" else str(event.facts.get("user_id", ""))
    return int(named) if named.isdecimal() else None


def _joined(words: list[str]) -> str:
    """Return `a, b and c`."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


@cache
def _refusal(name: str) -> str:
    """Return the sentence of a refusal, which the audit knows by its name."""
    sentences = {one.__name__: sentence_of(one.__doc__) for one in _family(DomainError)} | NOT_THERE
    return f": {sentences[name]}" if name in sentences else ""


def _family(refusal: type[DomainError]) -> Iterator[type[DomainError]]:
    yield refusal
    for narrower in refusal.__subclasses__():
        yield from _family(narrower)
