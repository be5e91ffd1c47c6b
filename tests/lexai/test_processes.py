"""Child processes end with their parent, and stop when they are told to."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from lexai.processes import spawn, stop
from tests.processes import has_ended, is_alive

PARENT = """
import sys, time
from lexai.processes import spawn
child = spawn([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(60)"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_a_child_ends_when_its_parent_is_killed():
    checkout = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", PARENT], cwd=checkout, stdout=subprocess.PIPE) as parent:
        child = int(parent.stdout.readline())
        was_alive = is_alive(child)

        parent.kill()

    assert was_alive
    assert has_ended(child)


@pytest.mark.slow
def test_stopping_sends_the_first_signal():
    child = spawn(["sleep", "60"])

    assert stop(child, signal.SIGUSR1, 10) == -signal.SIGUSR1


@pytest.mark.slow
def test_a_child_that_ignores_the_first_signal_is_killed():
    with spawn([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE) as child:
        child.stdout.readline()

        assert stop(child, signal.SIGTERM, 0.2) == -signal.SIGKILL


def test_stopping_an_ended_child_gives_its_exit_code():
    child = spawn(["false"])
    child.wait()

    assert stop(child, signal.SIGTERM, 1) == 1


def test_children_are_refused_off_the_main_thread():
    refusals = []

    def start() -> None:
        with pytest.raises(RuntimeError) as refusal:
            spawn(["true"])
        refusals.append(str(refusal.value))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()

    assert refusals == ["Child processes are started from the main thread."]
