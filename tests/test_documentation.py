"""What README and the examples say must be true."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.access.routes import resolved, shape

CHECKOUT = Path(__file__).resolve().parent.parent
README = (CHECKOUT / "README.md").read_text()
OURS = [
    "create_firm", "renew_password", "release_lockout", "unrestrict_client", "import_documents", "search",
    "rebuild_search", "extract_file", "ask", "seed_demo", "demo", "run", "rotate_keys",
]  # fmt: skip


def variables_read() -> set[str]:
    source = (CHECKOUT / "lexai/settings.py").read_text()
    return set(re.findall(r"""(?:variable|number)\(\s*["']([A-Z_]+)["']""", source)) | {
        "LEXAI_HOME",
        "LEXAI_ROOT_KEY_FILE",
    }


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
    assert len(README.splitlines()) <= 150, "The table of what is not encrypted took the last twenty."


def expanded(notation: str) -> set[str]:
    """Return the routes that `a/{b,c}/` stands for; a parameter such as `{id}` becomes `<>`."""
    start, brace, rest = notation.partition("{")
    if not brace:
        return {notation}
    names, _, end = rest.partition("}")
    middles = names.split(",") if "," in names else ["<>"]
    return {start + middle + tail for middle in middles for tail in expanded(end)}


def test_every_route_of_the_api_stands_in_the_readme_and_no_other():
    paragraph = README.partition("Its routes")[2].partition("\n\n")[0]
    told = set().union(*map(expanded, re.findall(r"`(.*?)`", paragraph)))
    there = {shape(route).removeprefix("api/v1/") for route in resolved() if route.startswith("api/v1/")}

    assert told == there


def test_every_file_that_the_readme_names_is_there():
    named = re.findall(r"\]\(([\w./-]+)\)", README)

    assert [name for name in named if not (CHECKOUT / name).exists()] == []
