"""Answer the next questions about a client in place of the worker, with what a test dictates.

python -m tests.e2e.dictation CLIENT_ID HOW_MANY     each line of the input is a JSON object: {"text": "..."}, the
fields of a quotation, or {"over": true} at the end of an answer; so is the end of the input. "listening" is printed
when the first question may come, "begun" when somebody answers one, "over" when its answer is settled.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import django

PATIENCE_SECONDS = 60


def main(client_id: str, how_many: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "lexai.settings"
    django.setup()
    from conversations import services  # noqa: PLC0415 - they need the settings
    from conversations.assistant import engines  # noqa: PLC0415 - as above
    from conversations.models import Message  # noqa: PLC0415 - as above
    from lexai.errors import DomainError  # noqa: PLC0415 - as above
    from lexai.system import SYSTEM  # noqa: PLC0415 - as above

    class Dictated:
        """Says what stands on the lines of the input."""

        name = "dictated"

        def __init__(self, spoken: Iterator[dict[str, Any]]) -> None:
            self.spoken = spoken

        def answer(self, retrieval: engines.Retrieval) -> Iterator[engines.Event]:
            print("begun", flush=True)
            for words in self.spoken:
                if "document_id" in words:
                    yield engines.Quotation(**words)
                    continue
                time.sleep(services.SAVING_SECONDS + 0.05)  # so that it is stored at once
                yield engines.Delta(words["text"])
            yield engines.Verdict(supported=True, support=1.0)

    def awaited() -> Message:
        pending = Message.objects.filter(client_id=client_id, status=Message.Status.PENDING)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (found := pending.first()) is None:
            assert time.monotonic() < deadline, "nobody asked"
            time.sleep(0.05)
        return found

    print("listening", flush=True)
    for _each in range(how_many):
        spoken = one_answer()
        with suppress(DomainError):  # the row tells what became of it
            services.answer(awaited(), by=SYSTEM, engine=Dictated(spoken))
        for _unsaid in spoken:
            pass
        print("over", flush=True)


def one_answer() -> Iterator[dict[str, Any]]:
    """Yield the lines of the input up to the end of an answer."""
    for line in sys.stdin:
        spoken = json.loads(line)
        if "over" in spoken:
            return
        yield spoken


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
