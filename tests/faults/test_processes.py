"""`run` in the foreground: it serves, and it leaves nothing behind however it ends."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.conftest import CHECKOUT

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_sigterm_leave_nothing_behind(product, ending):
    product.start()
    assert len(product.processes("celery")) == 3
    assert len(product.processes("gunicorn")) >= 3

    product.process.send_signal(ending)

    assert product.process.wait(60) == 0
    assert product.processes() == []
    product.process = None


def test_kill_9_of_the_supervisor_leaves_nothing_behind(product):
    product.start()

    product.process.kill()
    product.process.wait(10)
    product.process = None

    product.await_true(lambda: product.processes() == [], 30)


@pytest.mark.parametrize("name", ["gunicorn", "worker --pool", "beat --loglevel"])
def test_a_process_that_is_killed_is_started_again(product, name):
    product.start()
    before = product.processes(name)

    for pid in before:
        os.kill(pid, signal.SIGKILL)

    product.await_true(lambda: product.processes(name) and not set(before) & set(product.processes(name)), 30)
    product.await_true(product.is_ready, 30)


def test_the_servers_come_back_when_even_their_keeper_is_killed(product):
    product.start()
    keeper = product.processes("lexai.embedded")
    assert len(keeper) == 1

    os.kill(keeper[0], signal.SIGKILL)

    product.await_true(lambda: product.processes("lexai.embedded") not in ([], keeper), 30)
    product.await_true(product.is_ready, 30)


def test_a_port_in_use_is_said_in_a_sentence(product):
    product.start()
    second = subprocess.run(
        [sys.executable, "manage.py", "run", "--port", str(product.port)],
        cwd=CHECKOUT,
        env=product.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert second.returncode == 1
    assert second.stderr.strip() == (
        f"CommandError: LexAI cannot listen at 127.0.0.1:{product.port} (Address already in use). "
        "Choose another: make run PORT=8765"
    )


def test_links_in_mails_lead_to_where_the_product_listens(product):
    product.start()

    told = {variable(pid, "PUBLIC_URL") for pid in product.processes("celery")}

    assert told == {f"http://127.0.0.1:{product.port}"}


def variable(pid, name):
    """Return a variable that a process was started with."""
    environment = Path(f"/proc/{pid}/environ").read_text().split("\0")
    return dict(one.partition("=")[::2] for one in environment).get(name)


def test_commands_work_beside_a_running_product_and_leave_it_running(product):
    product.start()

    assert product.manage("create-firm", "New", "--admin", "a@new.example").returncode == 0
    assert product.is_ready()


def test_a_command_alone_starts_the_servers_and_leaves_nothing_behind(product):
    assert product.manage("create-firm", "New", "--admin", "a@new.example").returncode == 0
    assert product.processes() == []


def test_two_first_commands_at_once_make_the_schema_once(product):
    with ThreadPoolExecutor(2) as pool:
        commands = [
            pool.submit(product.manage, "create-firm", name, "--admin", f"{name}@x.example")
            for name in ("one", "two")
        ]
        done = [command.result() for command in commands]

    assert [(one.returncode, one.stderr) for one in done] == [(0, "")] * 2
    assert product.processes() == []


def test_the_demonstration_runs_twice_and_leaves_nothing_behind(product):
    for _ in range(2):
        done = product.manage("demo")

        assert (done.returncode, done.stderr) == (0, "")
        assert "custody-agreement.pdf, page 3: verified" in done.stdout
        assert product.processes() == []
