"""`make bench`: measure the product as it runs, on servers of its own."""

import argparse
import os
import tempfile
from pathlib import Path

import django

from lexai import embedded


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument(
        "--contracts", type=Path, help="a folder with questions.json and the contracts in files/"
    )
    arguments = parser.parse_args()
    if not arguments.contracts:
        parser.exit(1, "Name what to measure: make bench CONTRACTS=folder\n")
    if not (arguments.contracts / "questions.json").exists():
        parser.exit(1, f"There is no questions.json in {arguments.contracts}.\n")
    with tempfile.TemporaryDirectory(prefix="lexai-") as folder:
        Path(folder).chmod(0o755)  # the servers' user must get through
        os.environ["LEXAI_HOME"] = f"{folder}/home"
        os.environ["DJANGO_SETTINGS_MODULE"] = "lexai.settings"
        servers = embedded.hold(embedded.home())
        django.setup()
        from tests.benchmarks import contracts  # noqa: PLC0415 - it needs the settings

        contracts.measure(arguments.contracts)
        servers.release(wait=True)


if __name__ == "__main__":
    main()
