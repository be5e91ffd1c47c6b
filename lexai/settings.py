"""LexAI's settings, read from top to bottom. Environments differ by variables only: `.env.example` lists them.

`NAME_FILE` names a file that holds the value of `NAME`, for secrets.
"""

import contextlib
import os
import secrets
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from csp import constants as csp
from django.core.exceptions import ImproperlyConfigured

from lexai import addresses, embedded


def variable(name: str, default: str = "") -> str:
    """Return an environment variable, or the content of the file that `<name>_FILE` names."""
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return os.environ.get(name) or default
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read.") from error


def number(name: str, default: int, *, least: int = 1) -> int:
    """Return a variable as a whole number; raise ImproperlyConfigured when it is none, or less than `least`."""
    value = variable(name, str(default))
    if not value.isdecimal() or int(value) < least:
        raise ImproperlyConfigured(f"{name} must be a whole number from {least}; it is {value!r}.")
    return int(value)


# The folder that everything lives in, and the servers
BASE_DIR = Path(__file__).resolve().parent.parent
LEXAI_HOME = embedded.home()
IS_EMBEDDED = not variable("DATABASE_URL")
NEEDS_SERVERS = IS_EMBEDDED or not variable("REDIS_URL")


def kept_secret(name: str) -> str:
    """Return a secret that this machine keeps for itself in LEXAI_HOME, made at its first use."""
    path = LEXAI_HOME / "secrets" / name
    try:
        if not path.exists():
            _make_secret(path)
        return path.read_text()
    except OSError as error:
        raise ImproperlyConfigured(
            f"LexAI cannot keep its secrets in {path.parent} ({error.strerror}). Set LEXAI_HOME to a folder of "
            "the user who runs LexAI."
        ) from error


def _make_secret(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    made.touch(mode=0o600)
    made.write_text(secrets.token_urlsafe(48))
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(made)  # the first of several starters wins, whole
    made.unlink()


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
ALLOWED_HOSTS = variable("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").replace(" ", "").split(",")

# Applications
INSTALLED_APPS = [
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "lexai.audit",
    "lexai.encryption",
    "lexai.operations",
    "accounts",
    "clients",
    "documents",
    "conversations",
]
MIDDLEWARE = [
    "lexai.web.headers.HeadersMiddleware",
    "lexai.web.headers.ContentPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "lexai.web.addresses.ClientAddressMiddleware",
    "lexai.web.crowd.CrowdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lexai.web.guard.RequestGuardMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.sessions.SessionLimitsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "documents.uploads.BrokenUploadsMiddleware",
    "lexai.web.refusals.DomainErrorMiddleware",
]
APPEND_SLASH = False  # a redirect would turn a program's POST into a GET
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
                "accounts.places.places",
            ],
            "builtins": ["lexai.web.tags"],
        },
    }
]

# Database
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


DATABASES = {
    "default": addresses.database(
        variable("DATABASE_URL") or embedded.database_url(LEXAI_HOME),
        password=variable("DATABASE_PASSWORD"),
        pool_size=number("DATABASE_POOL_SIZE", 16),
    ),
    "keys": addresses.key_store(
        variable("KEYS_DATABASE_URL") or f"sqlite://{quote(f'{LEXAI_HOME}/keys.sqlite3')}"
    ),
}
DATABASE_ROUTERS = ["lexai.encryption.router.KeyStoreRouter"]
ROOT_KEY_FILE = Path(os.environ.get("LEXAI_ROOT_KEY_FILE") or LEXAI_HOME / "secrets" / "root_key")

# Valkey: the broker in one database, the cache in the next
REDIS_URL = variable("REDIS_URL") or f"unix://{embedded.redis_socket(LEXAI_HOME)}?db=0"
CACHES = {
    "default": {
        "BACKEND": "lexai.cache.Cache",
        "LOCATION": addresses.cache(REDIS_URL),
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1, "retry": None},  # seconds
    }
}

# The queue: the database row is the record, a message is only a nudge
CELERY_BROKER_URL = addresses.broker(REDIS_URL)
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 2,
    "socket_timeout": 3,
    "visibility_timeout": 3600,
    # a request that nudges waits for no second try; the worker's own reconnecting is set elsewhere
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.05,
    "interval_max": 0.05,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ROUTES = {"conversations.tasks.*": {"queue": "answers"}}  # documents take minutes; people wait
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CONCURRENCY = number("WORKER_CONCURRENCY", 2)
CELERY_TIMEZONE = "UTC"
DISPATCH_SECONDS = number("DISPATCH_SECONDS", 5)
CELERY_BEAT_SCHEDULE = {
    name: {"task": task, "schedule": seconds, "options": {"expires": seconds}}
    for name, task, seconds in (
        ("dispatch-answers", "conversations.tasks.dispatch_answers", DISPATCH_SECONDS),
        ("dispatch-due-documents", "documents.tasks.dispatch_due", DISPATCH_SECONDS),
        ("dispatch-stale-indexes", "documents.tasks.dispatch_stale_indexes", 600),
        ("sweep-storage", "documents.tasks.sweep_storage", 3600),
        ("dispatch-links", "accounts.tasks.dispatch_links", DISPATCH_SECONDS),
        ("sweep-sign-ins", "accounts.tasks.sweep_sign_ins", 3600),
        ("finish-erasures", "lexai.encryption.tasks.finish_erasures", 600),
        ("finish-rotations", "lexai.encryption.tasks.finish_rotations", 600),
    )
}

# Documents: where their files lie, and how long a reader may hold one
UPLOAD_LIMIT_MB = number("UPLOAD_LIMIT_MB", 100)
LEASE_SECONDS = number("LEASE_SECONDS", 30)  # until the queue looks at a document again
READING_LIMIT_SECONDS = number("READING_LIMIT_SECONDS", 300)  # without a page being finished
CHILD_MEMORY_MB = number("CHILD_MEMORY_MB", 2_048, least=512)  # of a process that reads
OCR_LANGUAGES = variable("OCR_LANGUAGES", "eng")  # codes of tesseract, joined by +
CLAMAV_ADDRESS = addresses.scanner(variable("CLAMAV_URL"))  # without one no file is looked at for viruses
FILE_UPLOAD_HANDLERS = ["documents.uploads.StreamingUploadHandler"]
STORAGES = {
    "default": addresses.storage(variable("STORAGE_URL") or (LEXAI_HOME / "documents").as_uri()),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "lexai" / "static"]
WHITENOISE_USE_FINDERS = True

# Accounts
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.BCryptSHA256PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator")
] + [{"NAME": f"accounts.passwords.{name}"} for name in ("LengthValidator", "GuessesValidator")]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
# messages name clients, and no cookie does
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Mail: links in it point here, never to the host that a request names; without a server mails become files
PUBLIC_URL = variable("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = variable("MAIL_FROM", "LexAI <lexai@localhost>")
EMAIL_TIMEOUT = 10
globals().update(addresses.email(variable("EMAIL_URL")))

# Whoever guesses passwords: counted in PostgreSQL for each account and address, forgotten after the cool-off
LOCKOUT_MINUTES = number("LOCKOUT_MINUTES", 15)
AXES_FAILURE_LIMIT = number("LOCKOUT_FAILURES", 5)
AXES_COOLOFF_TIME = timedelta(minutes=LOCKOUT_MINUTES)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "accounts.lockouts.counted_name"
AXES_ENABLE_ACCESS_FAILURE_LOG = True  # what the account-wide counter counts; swept when an hour old
AXES_ACCESS_FAILURE_LOG_PER_USER_LIMIT = 10_000
ACCOUNT_FAILURES_AN_HOUR = 50  # from all addresses together; browsers that have signed in before are exempt
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # the audit has every sign-in
AXES_ENABLE_ADMIN = False  # the back office shows a firm the lockouts of its own people
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = ["axes.W002"]  # its middleware replaces our answers; the sign-in itself refuses

# Limits: requests of one user to the API; sign-ins from one address; proxies of our own in front
API_RATE = f"{number('API_REQUESTS_A_MINUTE', 120)}/m"
SIGN_IN_RATE = f"{number('SIGN_INS_A_MINUTE', 30)}/m"
LINK_RATE = "5/h"  # mails with a link that one account can be sent
LEXAI_TLS = variable("LEXAI_TLS") == "1"
PROXY_COUNT = number("PROXY_COUNT", 1 if LEXAI_TLS else 0, least=0)  # with TLS, a proxy ends it
FREE_QUESTIONS_A_DAY = number("FREE_QUESTIONS_A_DAY", 50)

# Sessions and cookies; with TLS the browser takes them from this host alone
SESSION_ENGINE = "accounts.sessions"
SESSION_IDLE_MINUTES = number("SESSION_IDLE_MINUTES", 60)
SESSION_COOKIE_AGE = number("SESSION_HOURS", 12) * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LEXAI_TLS
SESSION_COOKIE_NAME = "__Host-session" if LEXAI_TLS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if LEXAI_TLS else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "lexai.web.answers.csrf_failed"

# What every answer says to browsers
SECURE_SSL_REDIRECT = LEXAI_TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked from inside, past the proxy
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if LEXAI_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = LEXAI_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if LEXAI_TLS and PROXY_COUNT else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CROSS_ORIGIN_RESOURCE_POLICY = "same-origin"
PERMISSIONS_POLICY = ", ".join(
    f"{name}=()"
    for name in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "payment",
        "usb",
    )
)
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [csp.SELF],
        "base-uri": [csp.NONE],
        "form-action": [csp.SELF],
        "frame-ancestors": [csp.NONE],
        "object-src": [csp.NONE],
    }
}

# The API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.authentication.SignedIn"],
    "DEFAULT_PARSER_CLASSES": ["lexai.api.bodies.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["lexai.api.bodies.JSONRenderer"],
    "DEFAULT_METADATA_CLASS": "lexai.api.bodies.MethodsOnly",
    "DEFAULT_FILTER_BACKENDS": ["lexai.api.lists.DeclaredFilters"],
    "DEFAULT_PAGINATION_CLASS": "lexai.api.lists.Pages",
    "DEFAULT_SCHEMA_CLASS": "lexai.api.openapi.PracticeSchema",
    "EXCEPTION_HANDLER": "lexai.api.refusals.translate",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "LexAI Practice Partner",
    "VERSION": "1",
    "DESCRIPTION": "Clients, their documents, and answers from them whose quotations were found there.",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "lexai.api.openapi.with_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "UserRole": "accounts.models.User.Role",
        "MessageRole": "conversations.models.Message.Role",
        "DocumentStatus": "documents.models.Document.Status",
        "MessageStatus": "conversations.models.Message.Status",
    },
}

# Language and time
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# Logs: ids, never names or text of clients
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "lexai.logs.PrivateFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "filters": {
        "route": {"()": "lexai.logs.RouteFilter"},
        "refusals": {"()": "lexai.logs.RefusalFilter"},
        "addresses": {"()": "lexai.logs.AddressFilter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["route"]}},
    "loggers": {
        "axes": {"level": "ERROR"},  # it names accounts; the audit has what it tells
        # what a caller did wrong, it was told; what failed here stays
        "django.request": {"level": "ERROR", "filters": ["refusals"]},
        "django.security": {"level": "CRITICAL"},  # strangers write these lines, as many as they like
        "gunicorn.error": {
            "level": "ERROR",
            "filters": ["addresses"],
            "propagate": True,
        },  # so is its WARNING
    },
    "root": {"handlers": ["console"], "level": variable("LOG_LEVEL", "INFO")},
}
