"""A conversation as one hands it on: what was asked and answered, and where each quotation stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.utils import timezone

from accounts.models import User
from clients.models import Client
from conversations.models import Message, Thread
from conversations.references import passages_of, reference_to
from conversations.telling import Told, told
from documents.models import Passage

UNTHREADED = "Questions outside any thread"


@dataclass
class Turn:
    """A question with its answers: more than one, when it was answered again."""

    question: str
    asked: str
    answers: list[Told] = field(default_factory=list)


@dataclass(frozen=True)
class Transcript:
    """A conversation about one client, and what is to be said of the whole."""

    client: Client
    title: str
    turns: Sequence[Turn]
    made_by: str
    made_at: datetime

    @property
    def facts(self) -> str:
        """Return what tells this conversation from others of the firm."""
        facts = [self.client.case_number, self.client.case_type, self.title]
        return " · ".join(fact for fact in facts if fact)

    @property
    def made(self) -> str:
        return _moment_told(self.made_at)

    @property
    def note(self) -> str:
        """Return what this is, when and by whom it was made, and how far its quotations can be trusted."""
        return (
            f"Exported from LexAI on {self.made} by {self.made_by}. Of each quotation it is said what is known of it: "
            "“found word for word” was compared with the paper that it names, and stands there so; what is “not "
            "verified”, or “not in this file”, was not found there, was never compared, or cannot be any more."
        )


def transcript(client: Client, thread: Thread | None, *, by: User) -> Transcript:
    """Return a thread of a client, or all that stands in none, as far as the user may read it."""
    of_client = Message.objects.visible_to(by).filter(client=client, thread=thread)
    messages = list(of_client.in_order().with_citations().select_related("asked_by"))
    title = thread.title if thread else UNTHREADED
    return Transcript(
        client, title, _turns(messages, passages_of(messages, by=by)), by.display_name, timezone.now()
    )


def _turns(messages: Sequence[Message], passages: Mapping[int, Passage]) -> list[Turn]:
    """Return the turns of a conversation in order; an answer to no question of it has a turn of its own."""
    found: dict[int, Turn] = {}
    for message in messages:
        if message.role == Message.Role.USER:
            found[message.pk] = Turn(message.content, _asked(message))
        else:
            turn = found.get(message.reply_to_id or 0) or found.setdefault(message.pk, Turn("", ""))
            references = [reference_to(one, passages.get(one.pk)) for one in message.citations.all()]
            turn.answers.append(told(message, references))
    return list(found.values())


def _asked(question: Message) -> str:
    by = f"Asked by {question.asked_by.display_name}, " if question.asked_by else "Asked on "
    return f"{by}{_moment_told(question.timestamp)}"


def _moment_told(moment: datetime) -> str:
    """Return a moment for those who read it anywhere."""
    utc = moment.astimezone(UTC)
    return f"{utc.day} {utc:%B %Y, %H:%M} UTC"
