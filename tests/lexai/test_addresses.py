import pytest
from django.core.exceptions import ImproperlyConfigured

from lexai import addresses
from tests.conftest import manage


@pytest.mark.parametrize(
    ("given", "broker", "cache"),
    [
        ("redis://valkey:6379/0", "redis://valkey:6379/0", "redis://valkey:6379/1"),
        ("redis://valkey:6379", "redis://valkey:6379/0", "redis://valkey:6379/1"),
        (
            "redis://:pw@valkey:6379/4?timeout=3",
            "redis://:pw@valkey:6379/4?timeout=3",
            "redis://:pw@valkey:6379/5?timeout=3",
        ),
        ("unix:///run/v.sock?db=2", "redis+socket:///run/v.sock?virtual_host=2", "unix:///run/v.sock?db=3"),
        ("unix:///run/v.sock", "redis+socket:///run/v.sock?virtual_host=0", "unix:///run/v.sock?db=1"),
        (
            "rediss://valkey/0",
            "rediss://valkey/0?ssl_cert_reqs=required",
            "rediss://valkey/1?ssl_cert_reqs=required",
        ),
        (
            "rediss://valkey/0?ssl_ca_certs=%2Fca.pem&ssl_cert_reqs=optional",
            "rediss://valkey/0?ssl_ca_certs=%2Fca.pem&ssl_cert_reqs=optional",
            "rediss://valkey/1?ssl_ca_certs=%2Fca.pem&ssl_cert_reqs=optional",
        ),
    ],
)
def test_broker_and_cache_lie_in_neighbouring_databases(given, broker, cache):
    assert (addresses.broker(given), addresses.cache(given)) == (broker, cache)


@pytest.mark.parametrize(
    "given", ["valkey:6379", "http://valkey/0", "redis://valkey/first", "redis://valkey/-1"]
)
def test_a_wrong_redis_address_says_what_is_right(given):
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL must be"):
        addresses.broker(given)


def test_a_database_address_becomes_settings_with_a_pool():
    settings = addresses.database("postgresql://ana:p%40ss@db:5433/firm?sslmode=require", pool_size=1)

    assert (settings["NAME"], settings["USER"], settings["PASSWORD"], settings["HOST"], settings["PORT"]) == (
        "firm", "ana", "p@ss", "db", "5433",
    )  # fmt: skip
    assert settings["OPTIONS"]["sslmode"] == "require"
    assert settings["OPTIONS"]["pool"] == {"min_size": 1, "max_size": 1, "timeout": 10}


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing."),
        ({"SECRET_KEY_FILE": "/absent"}, "SECRET_KEY_FILE names /absent, which cannot be read."),
        ({"DATABASE_URL": "post gres"}, "DATABASE_URL must be"),
        ({"REDIS_URL": "valkey"}, "REDIS_URL must be"),
        ({"STORAGE_URL": "folder"}, "STORAGE_URL must be"),
        ({"UPLOAD_LIMIT_MB": "many"}, "UPLOAD_LIMIT_MB must be a whole number from 1"),
        ({"LEASE_SECONDS": "0"}, "LEASE_SECONDS must be a whole number from 1"),
    ],
)
def test_a_fault_of_the_settings_stops_the_start_with_a_sentence(variables, sentence):
    done = manage("check", **variables)

    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert len(done.stderr.strip().splitlines()) == 1
