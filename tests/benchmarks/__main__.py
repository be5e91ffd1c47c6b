"""`make bench`: measure the product as it runs, on servers of its own."""

import argparse
import os
import tempfile
from pathlib import Path

import django
from django.core.management import call_command

from lexai import embedded


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument(
        "--contracts", type=Path, help="a folder with questions.json and the contracts in files/"
    )
    parser.add_argument(
        "--corpus", type=Path, help="a folder with manifest.json: measure the reading of its papers"
    )
    parser.add_argument("--pages", action="store_true", help="measure the pages alone")
    given = parser.parse_args()
    for folder, index in ((given.contracts, "questions.json"), (given.corpus, "manifest.json")):
        if folder and not (folder / index).exists():
            parser.exit(1, f"There is no {index} in {folder}.\n")
    with tempfile.TemporaryDirectory(prefix="lexai-") as home:
        Path(home).chmod(0o755)  # the servers' user must get through
        os.environ["LEXAI_HOME"] = f"{home}/home"
        os.environ["DJANGO_SETTINGS_MODULE"] = "lexai.settings"
        os.environ["API_REQUESTS_A_MINUTE"] = "1000000"  # counted all the same
        servers = embedded.hold(embedded.home())
        try:
            _measure(given.contracts, given.corpus, only_pages=given.pages)
        finally:
            servers.release(wait=True)


def _measure(contracts_folder: Path | None, corpus_folder: Path | None, *, only_pages: bool) -> None:
    """Measure what was named; a corpus without contracts alone, for it is read again and again."""
    django.setup()
    from lexai.encryption.startup import make_first_root  # noqa: PLC0415 - they need the settings
    from tests.benchmarks import pages, streams  # noqa: PLC0415 - as above
    from tests.benchmarks.reading import bench as reading  # noqa: PLC0415 - as above

    call_command("migrate", verbosity=0)
    make_first_root()
    if only_pages or not corpus_folder:
        streams.measure(pages.measure())
    if only_pages:
        return
    if contracts_folder or not corpus_folder:
        _measure_all_else(contracts_folder)
    if corpus_folder:
        reading.measure(corpus_folder)


def _measure_all_else(contracts_folder: Path | None) -> None:
    from tests.benchmarks import contracts, doors, importing, sealing, searching, storm  # noqa: PLC0415 - as above

    doors.measure()
    sealing.measure()
    storm.measure()
    searching.measure()
    if contracts_folder:
        contracts.measure(contracts_folder)
        searching.compare(contracts_folder)
        importing.measure(contracts_folder)


if __name__ == "__main__":
    main()
