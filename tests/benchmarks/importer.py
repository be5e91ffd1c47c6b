"""A product that imports the files of a folder each time it reads a line, and answers with a line when all are read.

It runs in any checkout: as `python importer.py FOLDER`, the checkout being the working folder and on PYTHONPATH.
"""

import io
import sys
import time
from pathlib import Path

import django

from lexai import embedded


def main() -> None:
    servers = embedded.hold(embedded.home())
    try:
        django.setup()
        _serve([str(path) for path in sorted(Path(sys.argv[1]).iterdir())])
    finally:
        servers.release(wait=True)


def _serve(files: list[str]) -> None:
    from django.conf import settings  # noqa: PLC0415 - the servers are there now
    from django.core.management import call_command  # noqa: PLC0415 - as above

    from lexai.operations import health, supervisor  # noqa: PLC0415 - as above

    call_command("create_firm", "Import", admin="import@x.example", stdout=io.StringIO())
    log = settings.LEXAI_HOME / "logs" / "worker.log"
    with log.open("ab") as output, supervisor.running([supervisor.worker()], output):
        while not health.is_worker_there():
            time.sleep(0.1)
        for _line in sys.stdin:
            call_command("import_documents", _new_client(), *files, wait=True, stdout=io.StringIO())
            print(flush=True)


def _new_client() -> str:
    from accounts.models import Firm  # noqa: PLC0415 - as above
    from clients.models import Client  # noqa: PLC0415 - as above
    from clients.services import open_client  # noqa: PLC0415 - as above
    from lexai.system import SYSTEM  # noqa: PLC0415 - as above

    return str(open_client(Client(firm=Firm.objects.get(), name="Import"), by=SYSTEM).pk)


if __name__ == "__main__":
    main()
