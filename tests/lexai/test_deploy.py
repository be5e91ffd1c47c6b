"""What can be proven of an installation without Docker: checks, compose file, image, entry point, cookies."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from django.conf import settings as current
from django.urls import reverse

from lexai import addresses, checks, processes
from lexai.celery import app
from lexai.operations import supervisor
from tests.conftest import CHECKOUT, environment, manage
from tests.test_documentation import variables_read

DOCKER = CHECKOUT / "docker"
COMPOSE = yaml.safe_load((DOCKER / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("lexai")}
PRODUCTION = {
    "LEXAI_TLS": "1",
    "ALLOWED_HOSTS": "lexai.example",
    "PUBLIC_URL": "https://lexai.example",
    "EMAIL_URL": "smtp://mail.example:587?tls=1",
}


def ids(faults):
    return [fault.id.removeprefix("lexai.") for fault in faults]


@pytest.mark.parametrize(
    ("hosts", "public_url", "found"),
    [
        (["localhost", "127.0.0.1", "[::1]"], "http://127.0.0.1:8000", []),
        (["127.8.9.10", "LOCALHOST"], "http://localhost:8000", []),
        (["localhost", "lexai.example"], "http://127.0.0.1:8000", ["E002"]),
        (["localhost"], "http://lexai.example", ["E002"]),
        (["localhost"], "https://192.0.2.7", ["E002"]),
        (["*"], "http://127.0.0.1:8000", ["E002"]),
        ([".localhost.example", "10.0.0.1"], "http://127.0.0.1:8000", ["E002", "E002"]),
        (["localhost"], "", ["E002"]),
    ],
)
def test_without_tls_only_this_machine_is_served(settings, hosts, public_url, found):
    settings.LEXAI_TLS, settings.ALLOWED_HOSTS, settings.PUBLIC_URL = False, hosts, public_url

    assert ids(checks.check_transport()) == found


@pytest.mark.parametrize(
    ("hosts", "public_url", "proxies", "found"),
    [
        (["lexai.example"], "https://lexai.example", 1, []),
        ([".lexai.example", "10.0.0.1"], "https://office.lexai.example:8443", 2, []),
        (["lexai.example"], "http://lexai.example", 1, ["E003"]),
        (["lexai.example"], "lexai.example", 1, ["E003"]),
        (["lexai.example"], "https://other.example", 1, ["E004"]),
        (["*"], "https://lexai.example", 1, ["E005"]),
        (["lexai.example"], "https://lexai.example", 0, ["E006"]),
    ],
)
def test_with_tls_the_settings_agree_about_the_public_address(settings, hosts, public_url, proxies, found):
    settings.LEXAI_TLS, settings.ALLOWED_HOSTS, settings.PUBLIC_URL = True, hosts, public_url
    settings.PROXY_COUNT = proxies

    assert ids(checks.check_transport()) == found


@pytest.mark.parametrize(
    ("debug", "hosts", "found"),
    [
        (False, ["lexai.example"], []),
        (True, ["localhost", "[::1]"], []),
        (True, ["localhost", "lexai.example"], ["E007"]),
    ],
)
def test_debug_pages_are_for_this_machine_alone(settings, debug, hosts, found):
    settings.DEBUG, settings.ALLOWED_HOSTS = debug, hosts

    assert ids(checks.check_debug()) == found


@pytest.mark.parametrize("kind", ["locmem.LocMemCache", "dummy.DummyCache", "db.DatabaseCache"])
def test_limits_are_counted_in_valkey_or_not_at_all(settings, kind):
    assert ids(checks.check_cache()) == []
    settings.CACHES = {"default": {"BACKEND": f"django.core.cache.backends.{kind}"}}

    assert ids(checks.check_cache()) == ["E008"]


@pytest.mark.parametrize(
    ("tls", "is_embedded", "url", "found"),
    [
        (True, False, "", ["E009"]),
        (True, False, "smtp://mail.example", []),
        (True, True, "", []),
        (False, False, "", []),
    ],
)
def test_an_installation_for_others_can_send_mail(settings, tls, is_embedded, url, found):
    settings.LEXAI_TLS, settings.IS_EMBEDDED = tls, is_embedded
    settings.EMAIL_BACKEND = addresses.email(url)["EMAIL_BACKEND"]

    assert ids(checks.check_mail()) == found


def test_every_fault_says_what_to_do(settings):
    settings.LEXAI_TLS, settings.DEBUG, settings.PROXY_COUNT = True, True, 0
    settings.ALLOWED_HOSTS, settings.PUBLIC_URL = ["*"], "http://lexai.example"
    faults = [*checks.check_transport(), *checks.check_debug()]

    assert ids(faults) == ["E003", "E005", "E006", "E007"]
    assert all(fault.hint for fault in faults)


@pytest.mark.slow
@pytest.mark.django_db
def test_s38_check_deploy_has_nothing_to_say_of_production():
    done = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert (done.returncode, done.stdout.strip()) == (0, "System check identified no issues (1 silenced).")


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    "variables", [{"ALLOWED_HOSTS": "lexai.example"}, {"PUBLIC_URL": "https://lexai.example"}]
)
def test_nothing_starts_that_others_could_reach_without_tls(variables):
    done = manage("run", "--port", "1", **variables)

    assert done.returncode == 1
    assert "LEXAI_TLS is off" in done.stderr


@pytest.mark.slow
@pytest.mark.django_db
def test_without_tls_it_listens_at_loopback_only():
    done = manage("run", "--host", "192.0.2.7")

    assert done.returncode == 1
    assert "192.0.2.7 can be reached from other machines, and LEXAI_TLS is off." in done.stderr


@pytest.mark.slow
def test_with_tls_the_cookies_are_bound_to_this_host():
    source = (
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_PATH, s.SESSION_COOKIE_DOMAIN,"
        "s.CSRF_COOKIE_NAME, s.CSRF_COOKIE_SECURE, s.CSRF_COOKIE_PATH, s.CSRF_COOKIE_DOMAIN, s.PROXY_COUNT)"
    )
    done = subprocess.run(
        [sys.executable, "-c", source],
        env={**os.environ, **PRODUCTION, "DJANGO_SETTINGS_MODULE": "lexai.settings"},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == [
        "__Host-session",
        "True",
        "/",
        "None",
        "__Host-csrf",
        "True",
        "/",
        "None",
        "1",
    ]


def test_a_password_in_a_file_of_its_own_completes_the_address():
    lone = addresses.database("postgresql://lexai@database/lexai", password="secret", pool_size=2)
    whole = addresses.database("postgresql://lexai:own@database/lexai", password="secret", pool_size=2)

    assert (lone["PASSWORD"], whole["PASSWORD"]) == ("secret", "own")


# The compose file


def test_every_variable_in_the_compose_file_is_known_to_the_settings():
    known = variables_read()
    written = {name for service in OURS.values() for name in service["environment"]}
    named = {name if name in known else name.removesuffix("_FILE") for name in written}

    assert named - known == set()
    assert {"LEXAI_TLS", "PROXY_COUNT", "ALLOWED_HOSTS", "PUBLIC_URL", "DATABASE_URL", "REDIS_URL"} <= named
    assert {"LEXAI_ROOT_KEY_FILE", "KEYS_DATABASE_URL"} <= named


def test_the_compose_file_serves_with_tls_behind_one_proxy():
    for name, service in OURS.items():
        said = service["environment"]
        assert (said["LEXAI_TLS"], said["PROXY_COUNT"]) == ("1", "1"), name
        assert said["PUBLIC_URL"].startswith("https://"), name


def test_secrets_come_as_files_only():
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            is_secret = re.search(r"SECRET|PASSWORD|EMAIL_URL", variable)
            assert not is_secret or variable.endswith("_FILE"), f"{name}: {variable}"
            if variable.endswith("_FILE"):
                assert Path(value).name in service["secrets"], f"{name}: {variable}"
            assert not urlsplit(value).password, f"{name}: {variable}"
    assert {secret["file"] for secret in COMPOSE["secrets"].values()} == {
        f"secrets/{name}" for name in COMPOSE["secrets"]
    }


def test_the_proxy_alone_is_published_and_the_rest_reaches_nothing():
    inside = {name for name, network in COMPOSE["networks"].items() if network.get("internal")}
    reaching = {name for name, service in SERVICES.items() if set(service["networks"]) - inside}

    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert reaching == {"proxy", "worker"}  # the worker sends the mails
    assert not {"inside"} & set(SERVICES["proxy"]["networks"])


def test_every_container_is_hardened_and_watched():
    for name, service in SERVICES.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "proxy" else []), name
        assert "healthcheck" in service or name == "web", name  # the image brings that of the web server


def test_only_the_migration_signs_in_as_the_owner_of_the_tables():
    """What the two roles may do, tests/attacks/test_database_roles.py shows."""
    signing_in = {
        name: urlsplit(service["environment"]["DATABASE_URL"]).username for name, service in OURS.items()
    }
    holding = {name for name, service in SERVICES.items() if "owner_password" in service.get("secrets", [])}
    superusers = {
        name for name, service in SERVICES.items() if "postgres_password" in service.get("secrets", [])
    }
    made = (DOCKER / "roles.sh").read_text()

    assert signing_in == {**dict.fromkeys(["web", *supervisor.PARTS], "lexai"), "migrate": "lexai_owner"}
    assert (holding, superusers) == ({"database", "migrate"}, {"database"})
    assert "DATABASE_OWNER=lexai_owner " in made
    assert "DATABASE_SERVER=lexai " in made


def test_services_name_only_what_is_there():
    for name, service in SERVICES.items():
        assert set(service.get("depends_on", {})) <= set(SERVICES), name
        assert set(service["networks"]) <= set(COMPOSE["networks"]), name
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"]), name
        for source, *_ in (volume.split(":") for volume in service.get("volumes", [])):
            assert source in COMPOSE["volumes"] or (DOCKER / source).is_file(), name
        if "build" in service:
            folder = (DOCKER / service["build"]["context"]).resolve()
            assert (folder / service["build"]["dockerfile"]).is_file(), name
    assert set(OURS) == {"migrate", "web", *supervisor.PARTS}


# The image


def test_the_image_copies_what_exists_and_what_the_ignore_file_lets_through():
    instructions = (DOCKER / "Dockerfile").read_text()
    copied = [
        word
        for line in re.findall(r"^COPY (?!--from)(.+)$", instructions, re.MULTILINE)
        for word in line.split()[:-1]
    ]
    let_through = re.findall(r"^!(.+)$", (CHECKOUT / ".dockerignore").read_text(), re.MULTILINE)

    assert [path for path in copied if not (CHECKOUT / path).exists()] == []
    assert sorted(copied) == sorted(let_through)
    packages = {name.partition(".")[0] for name in current.INSTALLED_APPS}
    assert {name for name in packages if (CHECKOUT / name).is_dir()} <= set(copied)


def test_the_image_runs_as_nobody_special_and_without_a_compiler():
    _comment, build, final = (DOCKER / "Dockerfile").read_text().split("\nFROM ")

    assert "--require-hashes" in build
    assert ("gcc" in build, "gcc" in final) == (True, False)
    assert re.findall(r"^USER (\d+)$", final, re.MULTILINE) == ["10001"]
    assert "docker/healthcheck.py" in final


# The proxy


def test_the_proxy_overwrites_what_callers_say_of_themselves_and_logs_no_address():
    said = (DOCKER / "Caddyfile").read_text()

    assert "header_up X-Forwarded-For {remote_host}" in said
    assert "request>uri delete" in said
    largest = int(re.search(r"BODY_LIMIT:(\d+)MB", said)[1])
    assert largest > current.UPLOAD_LIMIT_MB


def test_the_proxy_keeps_slow_bodies_from_us_but_for_papers():
    said = (DOCKER / "Caddyfile").read_text()
    proxies = dict(re.findall(r"reverse_proxy @(\w+) \S+ {\n(.*?)\n\t}", said, re.DOTALL))
    address = reverse("documents:document-list", args=["*"])

    assert {name: proxy.split() for name, proxy in proxies.items()} == {
        "papers": ["import", "lexai"],
        "rest": ["import", "lexai", "request_buffers", "1MiB"],
    }
    assert f"@papers path {address}\n" in said
    assert f"@rest not path {address}\n" in said


# The entry point


@contextmanager
def entered(*words, **variables):
    """Start a container's process as the image does; yield it, and stop it as Docker does."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    process = processes.spawn(
        [DOCKER / "entrypoint.sh", *words],
        cwd="/",
        env={**environment(), **PRODUCTION, "PATH": path, **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        processes.stop(process, signal.SIGTERM, 15)
        process.stderr.close()


def becomes_true(condition, process, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        if process.poll() is not None or time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def test_every_command_of_the_compose_file_has_its_place_in_the_entry_point():
    script = (DOCKER / "entrypoint.sh").read_text()
    known = {
        word for line in re.findall(r"^    ([a-z |]+)\)", script, re.MULTILINE) for word in line.split(" | ")
    }

    assert {word for service in OURS.values() for word in service["command"]} == known
    assert os.access(DOCKER / "entrypoint.sh", os.X_OK)
    for name in ("entrypoint.sh", "secrets.sh", "roles.sh"):
        assert subprocess.run(["sh", "-n", DOCKER / name], check=False).returncode == 0


def healthy(port, public_url):
    asked = [sys.executable, DOCKER / "healthcheck.py"]
    told = {"PATH": os.environ["PATH"], "PORT": str(port), "PUBLIC_URL": public_url}
    return subprocess.run(asked, env=told, capture_output=True, check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_web_server_starts_answers_its_health_check_and_stops():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    with entered("web", PORT=str(port)) as process:
        assert becomes_true(lambda: healthy(port, "https://lexai.example"), process)
        assert not healthy(port, "https://other.example")
    assert process.returncode == 0
    assert not healthy(port, "https://lexai.example")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("part", "name"), [("worker", "celery"), ("answers", "answers")])
def test_the_workers_start_and_answer(part, name):
    there = f"{name}@{socket.gethostname()}"

    with entered(part) as process:
        assert becomes_true(lambda: app.control.ping(destination=[there], timeout=0.5), process)
    assert process.returncode == 0


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_clock_starts_and_keeps_its_book_at_home(tmp_path):
    with entered("beat", LEXAI_HOME=str(tmp_path)) as process:
        assert becomes_true(lambda: list((tmp_path / "beat").glob("schedule*")), process)
        assert process.poll() is None


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_migrating_ends_and_other_words_are_commands():
    for words in (["migrate"], ["help"]):
        with entered(*words) as process:
            assert process.wait(60) == 0, words


@pytest.mark.slow
def test_one_part_alone_needs_servers_that_the_others_share():
    done = subprocess.run(
        [sys.executable, "manage.py", "run", "worker"],
        env={**os.environ, "DATABASE_URL": "", "REDIS_URL": ""},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 1
    assert "Set DATABASE_URL and REDIS_URL" in done.stderr


def test_secrets_are_made_once_and_differ(tmp_path):
    script = tmp_path / "secrets.sh"
    script.write_text((DOCKER / "secrets.sh").read_text())
    subprocess.run(["sh", script], check=True, capture_output=True)
    first = {path.name: path.read_bytes() for path in (tmp_path / "secrets").iterdir()}
    subprocess.run(["sh", script], check=True, capture_output=True)
    root_key = (tmp_path / "secrets" / "root_key").stat()

    assert {path.name: path.read_bytes() for path in (tmp_path / "secrets").iterdir()} == first
    assert len(first["root_key"]) == 32
    assert stat.S_IMODE(root_key.st_mode) == (0o400 if root_key.st_uid == 10001 else 0o444)
    assert set(first) == set(COMPOSE["secrets"])
    assert len(first["secret_key"]) > 50
    assert first["secret_key"] != first["database_password"]
    assert first["email_url"] == b""
    assert oct((tmp_path / "secrets").stat().st_mode)[-3:] == "700"
