"""`demo`: the main job, done once before your eyes."""

import time
from typing import Any

from django.conf import settings
from django.core.management import call_command

from conversations.models import Message
from documents.models import Document
from lexai import commands
from lexai.operations import supervisor
from lexai.operations.management import demonstration
from lexai.system import SYSTEM

READING_LIMIT_SECONDS = 120
POLL_SECONDS = 0.2


class Command(commands.Command):
    help = "Load a fictional firm, read its papers through the queue, ask a question, show the cited answer."
    acts_for_a_user = False

    def act(self, *, by: Any, **_options: Any) -> int | None:
        self.say("Loading a fictional firm ...")
        seeded = demonstration.seed()
        log = settings.LEXAI_HOME / "logs" / "demo.log"
        with log.open("ab") as output, supervisor.running([supervisor.worker(), supervisor.beat()], output):
            all_ready = self._read([document.pk for document in seeded.documents])
        client = seeded.clients[0]
        self.say(f"\n{client.name}, {client.case_number}, {client.case_type}\n\n  {demonstration.QUESTION}\n")
        call_command("ask", client.pk, demonstration.QUESTION, stdout=self.stdout)
        self.say(NEXT.format(client=client.pk))
        answer = Message.objects.visible_to(by).filter(client=client).latest("pk")
        is_cited = answer.citations.filter(is_verified=True).exists()
        return None if all_ready and is_cited else commands.COULD_NOT

    def _read(self, document_ids: list[int]) -> bool:
        """Tell of each document as it is read; return whether all became ready."""
        told: set[int] = set()
        deadline = time.monotonic() + READING_LIMIT_SECONDS
        papers = Document.objects.visible_to(SYSTEM).filter(pk__in=document_ids)
        while len(told) < len(document_ids) and time.monotonic() < deadline:
            for paper in papers.exclude(pk__in=told).exclude(pk__in=papers.awaiting_text()):
                told.add(paper.pk)
                self.say(f"  {paper.status:8} {paper.filename} {paper.refusal_message}".rstrip())
            time.sleep(POLL_SECONDS)
        return bool(papers.ready().count() == len(document_ids))


NEXT = """
Try next:
  .venv/bin/python manage.py ask {client} "Where are the children exchanged?"
  .venv/bin/python manage.py import-documents {client} FILE... --wait      (while `make run` runs)
  .venv/bin/python manage.py seed-demo                                     (prints passwords)
  make run                                                                 (the back office in a browser)
  make help
"""
