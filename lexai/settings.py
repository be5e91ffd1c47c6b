"""LexAI's settings, read from top to bottom. Environments differ by variables only: `.env.example` lists them.

`NAME_FILE` names a file that holds the value of `NAME`, for secrets.
"""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

from lexai import embedded


def variable(name: str, default: str = "") -> str:
    """Return an environment variable, or the content of the file that `<name>_FILE` names."""
    path = os.environ.get(f"{name}_FILE")
    return Path(path).read_text().strip() if path else os.environ.get(name) or default


def number(name: str, default: int) -> int:
    """Return a variable as a whole number; raise ImproperlyConfigured when it is none."""
    value = variable(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number; it is {value!r}.")
    return int(value)


# The folder that everything lives in, and the servers
BASE_DIR = Path(__file__).resolve().parent.parent
LEXAI_HOME = embedded.home()
IS_EMBEDDED = not variable("DATABASE_URL")
NEEDS_SERVERS = IS_EMBEDDED or not variable("REDIS_URL")


def kept_secret(name: str) -> str:
    """Return a secret that this machine keeps for itself in LEXAI_HOME, made at its first use."""
    path = LEXAI_HOME / "secrets" / name
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = path.with_name(f"{name}.{secrets.token_hex(8)}")
        made.touch(mode=0o600)
        made.write_text(secrets.token_urlsafe(48))
        try:
            path.hardlink_to(made)  # the first of several starters wins, whole
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return path.read_text()


def secret_key() -> str:
    """Return SECRET_KEY; only a machine with its own database may make one for itself."""
    key = variable("SECRET_KEY")
    if not key and not IS_EMBEDDED:
        raise ImproperlyConfigured(
            "SECRET_KEY is missing. Set SECRET_KEY (or SECRET_KEY_FILE) to at least 50 random characters, "
            "the same for every process."
        )
    return key or kept_secret("secret_key")


SECRET_KEY = secret_key()
DEBUG = variable("DEBUG") == "1"
ALLOWED_HOSTS = variable("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

# Applications
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "lexai.audit",
    "lexai.operations",
    "accounts",
    "clients",
    "documents",
    "conversations",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "documents.uploads.BrokenUploadsMiddleware",
    "lexai.web.DomainErrorMiddleware",
]
ROOT_URLCONF = "lexai.urls"
WSGI_APPLICATION = "lexai.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "lexai" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Database
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def database(url: str) -> dict[str, object]:
    """Return Django's settings for a libpq address, with the connection pool.

    The pool needs CONN_MAX_AGE=0, and bare `True` would mean four connections a process.
    """
    address = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    known = {name.upper(): address.pop(name, "") for name in ("user", "password", "host", "port")}
    pool = {"min_size": 2, "max_size": number("DATABASE_POOL_SIZE", 16), "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": address.pop("dbname", "lexai"),
        **known,
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"pool": pool, "server_side_binding": True, **address},
    }


DATABASES = {"default": database(variable("DATABASE_URL") or embedded.database_url(LEXAI_HOME))}

# Valkey: the broker in one database, the cache in the next
REDIS_URL = variable("REDIS_URL") or f"unix://{embedded.redis_socket(LEXAI_HOME)}?db=0"


def redis_database(url: str, *, step: int = 0) -> tuple[str, int]:
    """Split a redis address into the server's address and the number of its database, plus `step`."""
    parts = urlsplit(url)
    in_path = parts.scheme != "unix" and parts.path.strip("/")
    chosen = in_path or parse_qs(parts.query).get("db", ["0"])[0]
    if not str(chosen).isdecimal():
        raise ImproperlyConfigured(
            "REDIS_URL must end in the number of a database, such as redis://host:6379/0."
        )
    path = parts.path if parts.scheme == "unix" else ""
    return f"{parts.scheme}://{parts.netloc}{path}", int(chosen) + step


def broker_url(url: str) -> str:
    """Return the address of the same server in Celery's spelling."""
    server, chosen = redis_database(url)
    is_socket = server.startswith("unix://")
    return f"redis+socket{server[4:]}?virtual_host={chosen}" if is_socket else f"{server}/{chosen}"


def cache_url(url: str) -> str:
    """Return the address of the database after the broker's, in the spelling of Django's cache."""
    server, chosen = redis_database(url, step=1)
    return f"{server}?db={chosen}" if server.startswith("unix://") else f"{server}/{chosen}"


CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": cache_url(REDIS_URL)}
}

# The queue: the database row is the record, a message is only a nudge
CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 2,
    "socket_timeout": 30,
    "visibility_timeout": 3600,
    # a request that nudges waits for no second try; the worker's own reconnecting is set elsewhere
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.05,
    "interval_max": 0.05,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CONCURRENCY = number("WORKER_CONCURRENCY", 2)
CELERY_TIMEZONE = "UTC"
DISPATCH_SECONDS = number("DISPATCH_SECONDS", 5)
CELERY_BEAT_SCHEDULE = {
    "dispatch-due-documents": {"task": "documents.tasks.dispatch_due", "schedule": DISPATCH_SECONDS},
    "dispatch-stale-indexes": {"task": "documents.tasks.dispatch_stale_indexes", "schedule": 600},
    "sweep-storage": {"task": "documents.tasks.sweep_storage", "schedule": 3600},
}

# Documents: where their files lie, and how long a reader may hold one
UPLOAD_LIMIT_MB = number("UPLOAD_LIMIT_MB", 100)
LEASE_SECONDS = number("LEASE_SECONDS", 30)  # until the queue looks at a document again
READING_LIMIT_SECONDS = number("READING_LIMIT_SECONDS", 300)
FILE_UPLOAD_HANDLERS = ["documents.uploads.StreamingUploadHandler"]


def storage(url: str) -> dict[str, object]:
    """Return Django's settings for the place of the documents' files: a folder, or an S3 bucket.

    `file:///folder`, or `s3://KEY:SECRET@host:port/bucket?region=NAME&tls=0`; without a host it is AWS.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return {"BACKEND": "documents.storage.FolderStorage", "OPTIONS": {"location": unquote(parts.path)}}
    if parts.scheme != "s3" or not parts.path.strip("/"):
        raise ImproperlyConfigured("STORAGE_URL must be file:///folder or s3://KEY:SECRET@host/bucket.")
    options = parse_qs(parts.query)
    host = parts.hostname and f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    scheme = "http" if options.get("tls") == ["0"] else "https"
    return {
        "BACKEND": "documents.storage.BucketStorage",
        "OPTIONS": {
            "bucket_name": parts.path.strip("/"),
            "access_key": unquote(parts.username or "") or None,
            "secret_key": unquote(parts.password or "") or None,
            "endpoint_url": f"{scheme}://{host}" if host else None,
            "region_name": options.get("region", ["us-east-1"])[0],
        },
    }


STORAGES = {
    "default": storage(variable("STORAGE_URL") or (LEXAI_HOME / "documents").as_uri()),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True

# Accounts
AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.BCryptSHA256PasswordHasher"]
LOGIN_URL = "admin:login"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True

# Language and time
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# Logs: ids, never names or text of clients
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": variable("LOG_LEVEL", "INFO")},
}
