"""The import of contracts against the commit before anything was sealed, each in a home of its own."""

import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from statistics import median

from django.conf import settings

from tests.benchmarks.turns import in_turns, ratio

BEFORE = "b355045"
ROUNDS, GOAL = 3, 0.8
IMPORTER = Path(__file__).with_name("importer.py")


def measure(folder: Path) -> None:
    """Print how fast both import the contracts, in turns."""
    archive = subprocess.run(
        ["git", "archive", BEFORE], cwd=settings.BASE_DIR, capture_output=True, check=False
    )
    if archive.returncode:
        print(f"The import is not compared: the history of this checkout does not reach back to {BEFORE}.")
        return
    with ExitStack() as stack:
        before = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lexai-")))
        before.chmod(0o755)  # the servers' user must get through
        with tarfile.open(fileobj=BytesIO(archive.stdout)) as files:
            files.extractall(before / "checkout", filter="data")
        now, then = (
            stack.enter_context(_importer(tree, before / home, folder))
            for tree, home in ((settings.BASE_DIR, "now"), (before / "checkout", "then"))
        )
        seconds_now, seconds_then = in_turns(ROUNDS, now, then)
    count = len(list((folder / "files").iterdir()))
    print(
        f"Import of {count} contracts through the queue with one worker, documents a second, median of {ROUNDS} rounds"
        f" in turns:\n   {count / median(seconds_now):.2f}, before anything was sealed ({BEFORE})"
        f" {count / median(seconds_then):.2f}: ratio {ratio(seconds_then, seconds_now):.2f}; the goal is {GOAL} or more"
    )


@contextmanager
def _importer(checkout: Path, home: Path, folder: Path) -> Iterator[Callable[[], None]]:
    """Run a product from a checkout; yield what has it import the contracts once."""
    given = {"LEXAI_HOME": str(home), "PYTHONPATH": str(checkout), "DJANGO_SETTINGS_MODULE": "lexai.settings"}
    command = [sys.executable, str(IMPORTER), str(folder / "files")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=checkout, env={**os.environ, **given}, **pipes) as product:

        def import_once() -> None:
            print(file=product.stdin, flush=True)
            if not product.stdout.readline():
                raise RuntimeError(f"The product in {checkout} ended.")

        import_once()  # the first start of the servers and of the readers is not measured
        yield import_once
        product.stdin.close()
