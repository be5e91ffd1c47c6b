"""Every deed that the audit knows, as `noun.past_tense`."""

from enum import StrEnum


class Verb(StrEnum):
    ACCESS_REFUSED = "access.refused"
    CLIENT_DELETED = "client.deleted"
    CLIENT_OPENED = "client.opened"
    CLIENT_RESTRICTED = "client.restricted"
    CLIENT_UNRESTRICTED = "client.unrestricted"
    DOCUMENT_ADDED = "document.added"
    DOCUMENT_DELETED = "document.deleted"
    DOCUMENT_READ = "document.read"
    DOCUMENT_REFUSED = "document.refused"
    FIRM_CREATED = "firm.created"
    MEMBER_ADDED = "member.added"
    MEMBER_REMOVED = "member.removed"
    PASSAGES_SEARCHED = "passages.searched"
    PASSWORD_SET = "password.set"  # noqa: S105 - the name of a deed
    QUESTION_ASKED = "question.asked"
    STORAGE_SWEPT = "storage.swept"
    USER_ADDED = "user.added"
