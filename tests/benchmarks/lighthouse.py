"""`make lighthouse`: what Google's Lighthouse thinks of four pages, fetched from npm into a folder that goes again."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

from tests.e2e.conftest import CHROMIUM
from tests.e2e.pages import furnish
from tests.e2e.workplace import Workplace, opened

LIGHTHOUSE = "lighthouse@12.8.2"
PAGES = {
    "sign-in": "/sign-in/",
    "client list": "/clients/",
    "Ask": "/clients/{jane}/ask/",
    "viewer": "/documents/{agreement}/",
}
KINDS = ["performance", "accessibility", "best-practices"]
GOAL = 95


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="lighthouse-") as folder, opened() as workplace:
        npm = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, LIGHTHOUSE]
        subprocess.run(npm, check=True)
        workplace.ids = furnish(workplace)
        print(f"Lighthouse ({LIGHTHOUSE}), on a desk and on a phone; the goal is {GOAL} everywhere")
        for name, address in PAGES.items():
            for preset in ("desktop", "phone"):
                _measure(Path(folder), workplace, name, address.format(**workplace.ids), preset)


def _measure(folder: Path, workplace: Workplace, name: str, address: str, preset: str) -> None:
    report = _report(folder, workplace, name, address, preset)
    scores = {kind: round(100 * (report["categories"][kind]["score"] or 0)) for kind in KINDS}
    told = ", ".join(f"{kind} {score}" for kind, score in scores.items())
    print(f"  {name} ({preset}): {told}")
    for audit in _failed(report):
        print(f"    {audit}")


def _report(folder: Path, workplace: Workplace, name: str, address: str, preset: str) -> dict:
    written = folder / "report.json"
    command = [
        str(folder / "node_modules" / ".bin" / "lighthouse"),
        f"{workplace.root}{address}",
        "--quiet",
        "--output=json",
        f"--output-path={written}",
        f"--only-categories={','.join(KINDS)}",
        "--chrome-flags=--headless=new --no-sandbox",
        *(["--preset=desktop"] if preset == "desktop" else []),
    ]
    if name != "sign-in":
        cookies = "; ".join(f"{one['name']}={one['value']}" for one in workplace.people["ana"].cookies())
        headers = folder / "headers.json"
        headers.write_text(json.dumps({"Cookie": cookies}))
        command.append(f"--extra-headers={headers}")
    subprocess.run(command, check=True, env={**os.environ, "CHROME_PATH": str(CHROMIUM)}, timeout=180)
    return json.loads(written.read_text())


def _failed(report: dict) -> list[str]:
    """Return what cost points, the dearest first."""
    lost = [
        (reference["weight"] * (1 - score), reference["id"])
        for kind in KINDS
        for reference in report["categories"][kind]["auditRefs"]
        if reference["weight"]
        and (score := report["audits"][reference["id"]]["score"]) is not None
        and score < 0.9  # green begins here
    ]
    return [
        f"{name}: {report['audits'][name].get('displayValue') or report['audits'][name]['title']}"
        for _, name in sorted(lost, reverse=True)
    ]


if __name__ == "__main__":
    main()
