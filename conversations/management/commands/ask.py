"""`ask CLIENT QUESTION`: an answer from the client's papers, with its quotations."""

import re
import textwrap
from argparse import ArgumentParser
from typing import Any

from clients.services import find_client
from conversations import services
from conversations.models import Citation, Message
from conversations.serializers import MessageSerializer
from lexai import commands

LINE_CHARACTERS = 90


class Command(commands.Command):
    help = "Ask a question about a client; the answer quotes the client's own papers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("client", help="the client's id, case number, name or e-mail address")
        parser.add_argument("question")

    def act(self, *, by: Any, **options: Any) -> None:
        client = find_client(options["client"], by=by)
        answer = services.ask(Message(client=client, content=options["question"]), by=by)
        citations = answer.citations.with_document()
        if options["json"]:
            whole = Message.objects.visible_to(by).with_citations().get(pk=answer.pk)
            self.say_json(MessageSerializer(whole).data)
        else:
            self._print(answer, list(citations.quotations()), list(citations.see_also()))

    def _print(self, answer: Message, quotations: list[Citation], see_also: list[Citation]) -> None:
        said = _without_markdown(answer.content)
        self.say("\n".join(textwrap.fill(line, LINE_CHARACTERS) for line in said.splitlines()))
        self.say("")
        for citation in quotations:
            verified = "verified" if citation.is_found else "NOT verified"
            self.say(f"[{citation.n}] {_place(citation)}: {verified}")
            quote = " ".join((citation.quote or "").split())
            if quote not in said:
                self.say(textwrap.indent(textwrap.fill(f"“{quote}”", LINE_CHARACTERS), "    "))
        if see_also:
            self.say("See also: " + "; ".join(dict.fromkeys(_place(citation) for citation in see_also)))


def _without_markdown(content: str) -> str:
    """Return an answer as a terminal shows it best: without emphasis and without escapes."""
    return re.sub(r"\\(\W)", r"\1", content.replace("**", ""))


def _place(citation: Citation) -> str:
    if citation.document is None:
        return "no paper of this client"
    if citation.page is None:
        return f"{citation.document.filename}, place not found"
    pages = (
        f"page {citation.page}"
        if citation.page == citation.page_end
        else (f"pages {citation.page}-{citation.page_end}")
    )
    return f"{citation.document.filename}, {pages}"
