"""Answer the next question about a client in place of the worker, with what a test dictates.

python -m tests.e2e.dictation CLIENT_ID     each line of the input is a JSON object: {"text": "..."}, or the fields of
a quotation; "begun" is printed when there is somebody to answer. The end of the input is the end of the answer.
"""

import json
import os
import sys
import time
from collections.abc import Iterator

import django

PATIENCE_SECONDS = 60


def main(client_id: str) -> None:
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

        def answer(self, retrieval: engines.Retrieval) -> Iterator[engines.Event]:
            print("begun", flush=True)
            for line in sys.stdin:
                spoken = json.loads(line)
                if "document_id" in spoken:
                    yield engines.Quotation(**spoken)
                    continue
                time.sleep(services.SAVING_SECONDS + 0.05)  # so that it is stored at once
                yield engines.Delta(spoken["text"])
            yield engines.Verdict(supported=True, support=1.0)

    def awaited() -> Message:
        pending = Message.objects.filter(client_id=client_id, status=Message.Status.PENDING)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (found := pending.first()) is None:
            assert time.monotonic() < deadline, "nobody asked"
            time.sleep(0.05)
        return found

    print("listening", flush=True)
    try:
        services.answer(awaited(), by=SYSTEM, engine=Dictated())
    except DomainError as refusal:
        print(type(refusal).__name__, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
