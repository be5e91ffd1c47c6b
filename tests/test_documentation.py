"""What README and the examples say must be true."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

CHECKOUT = Path(__file__).resolve().parent.parent
README = (CHECKOUT / "README.md").read_text()
OURS = ["create_firm", "import_documents", "search", "extract_file", "ask", "seed_demo", "demo", "run"]


def variables_read() -> set[str]:
    source = (CHECKOUT / "lexai/settings.py").read_text()
    return set(re.findall(r'(?:variable|number)\(\s*"([A-Z_]+)"', source)) | {"LEXAI_HOME"}


def test_every_variable_stands_in_the_example_and_no_other():
    example = (CHECKOUT / ".env.example").read_text()

    assert set(re.findall(r"^#? ?([A-Z_]+)=", example, re.MULTILINE)) == variables_read()


@pytest.mark.parametrize("command", OURS)
def test_every_command_exists_and_stands_in_the_readme(command):
    assert command in get_commands()
    assert command.replace("_", "-") in README


def test_every_target_of_make_stands_in_the_readme_or_in_help():
    targets = re.findall(r"^([a-z-]+):.*##", (CHECKOUT / "Makefile").read_text(), re.MULTILINE)

    assert {"demo", "test", "run", "check", "fix", "bench", "help"} <= set(targets)
    for target in ("demo", "test", "run", "check"):
        assert f"make {target}" in README


def test_the_readme_can_be_read_in_one_sitting():
    assert len(README.splitlines()) <= 130


def test_every_file_that_the_readme_names_is_there():
    named = re.findall(r"\]\(([\w./-]+)\)", README)

    assert [name for name in named if not (CHECKOUT / name).exists()] == []
