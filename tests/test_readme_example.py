"""The script of README runs as it stands there, against a real server and a real worker."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import ApiToken
from accounts.services import create_token
from clients.models import Client
from tests import factories

README = (Path(__file__).resolve().parent.parent / "README.md").read_text()
SCRIPT = "\n".join(re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL))
LEASE = "1. Rent. The rent is 900 euros a month.\n\n2. End. The lease ends on 31 December 2027.\n"


def test_the_script_is_short():
    assert 0 < len(SCRIPT.splitlines()) <= 40


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
def test_the_script_uploads_asks_and_prints_the_answer_with_its_citations(web, tmp_path):
    firm, _dora = factories.firm_with_administrator("Hart Law", "dora@hart.example")
    ana = factories.user(firm, "ana@hart.example")
    expires_at = timezone.now() + timedelta(hours=1)
    _token, secret = create_token(ApiToken(name="script", scope="full", expires_at=expires_at), by=ana)
    (tmp_path / "script.py").write_text(SCRIPT)
    (tmp_path / "lease.txt").write_text(LEASE)

    ran = subprocess.run(
        [sys.executable, "script.py", "lease.txt", "When does the lease end?"],
        cwd=tmp_path,
        env={**os.environ, "LEXAI_URL": web, "LEXAI_TOKEN": secret},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ran.stderr == ""
    status, *answer, citation = ran.stdout.splitlines()
    assert status == "ready"
    assert "[1]" in "\n".join(answer)
    assert citation == "[1] lease.txt, page 1, verified: True: The lease ends on 31 December 2027."
    assert Client.objects.visible_to(ana).get().name == "Jane Smith"
