"""One file of settings. What an operator may change comes from the environment: docs/settings.md."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from foia_tracker import logs
from foia_tracker.embedded import place
from foia_tracker.env import BadEnvironment, DatabaseAddress, database_address, read

BASE_DIR = Path(__file__).resolve().parent.parent

try:
    env = read()
except BadEnvironment as problems:
    sys.exit(
        "The settings in the environment cannot be used:\n" + "\n".join(f"  {s}" for s in problems.sentences)
    )

MODE: str = env["FOIA_ENV"]
PRODUCTION = env.production
DEBUG = False
VAR_DIR = place.var_folder()

# A key of the moment is enough for a command; bin/run keeps one in var/ for the web processes.
SECRET_KEY: str = env["FOIA_SECRET_KEY"] or secrets.token_urlsafe(60)
ALLOWED_HOSTS: list[str] = env["FOIA_ALLOWED_HOSTS"] + (["testserver"] if MODE == "test" else [])
BASE_URL: str = env["FOIA_BASE_URL"]

INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "requests_app",
]

MIDDLEWARE = [
    "requests_app.web.kept.KeptPages",  # first: what is kept has the headers of all that follow
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "foia_tracker.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "requests_app.web.doors.ViewerMiddleware",  # last: it calls the view itself
]

ROOT_URLCONF = "foia_tracker.urls"
WSGI_APPLICATION = "foia_tracker.wsgi.application"
APPEND_SLASH = True

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "requests_app.web.shell.shell",
            ],
            "libraries": {name: f"requests_app.web.templatetags.{name}" for name in ("look", "money", "holds")},
        },
    },
]

# The database, by three addresses -----------------------------------------------------------------
# default: the web's or the worker's own role, which owns nothing. owner: migrations and operators' commands.
# direct: the same role as default, past a pooler, because an advisory lock lives as long as its connection.


def _address(name: str, role: str) -> DatabaseAddress:
    given: DatabaseAddress | None = env[name]
    return given or database_address(place.database_url(VAR_DIR, role))


def _connection(address: DatabaseAddress, *, keep: int) -> dict[str, Any]:
    connection = address.as_django()
    connection["OPTIONS"].setdefault("connect_timeout", "5")
    return {
        **connection,
        "CONN_MAX_AGE": keep,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }


_web = _address("DATABASE_URL", place.WEB_ROLE)
DATABASES: dict[str, dict[str, Any]] = {
    "default": _connection(_web, keep=env["FOIA_DB_CONN_MAX_AGE"]),
    "owner": _connection(_address("DATABASE_OWNER_URL", place.OWNER_ROLE), keep=0),
    "direct": _connection(env["DATABASE_DIRECT_URL"] or _web, keep=0),
}
if PRODUCTION and env["DATABASE_OWNER_URL"] is None:
    # The web and the worker never hold the owner's secret.
    del DATABASES["owner"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The cache is apart from the broker: it may be emptied at any time, the broker may not.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "foia_tracker.cache.ForgetfulRedisCache",
        "LOCATION": env["CACHE_URL"],
        "KEY_PREFIX": "tracker",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
    if env["CACHE_URL"]
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
# Where each process would remember for itself, no page is kept.
PUBLIC_PAGES_SECONDS: int = env["FOIA_PUBLIC_PAGES_SECONDS"] if env["CACHE_URL"] else 0

# Accounts -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "requests_app.Person"
AUTHENTICATION_BACKENDS = ["foia_tracker.sign_in.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
# Long enough alone, or beside a second factor. Nobody is asked for signs and digits: length is what holds.
PASSWORD_LENGTH_ALONE = 15
PASSWORD_LENGTH_WITH_FACTOR = 8
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "foia_tracker.passwords.LengthValidator",
        "OPTIONS": {"alone": PASSWORD_LENGTH_ALONE, "with_factor": PASSWORD_LENGTH_WITH_FACTOR},
    },
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "foia_tracker.passwords.OwnNamesValidator"},
]
SIGNUP_OPEN: bool = env["FOIA_SIGNUP_OPEN"]
ACCOUNT_ADAPTER = "foia_tracker.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "foia_tracker.accounts.SignupForm"
ACCOUNT_FORMS = {"reset_password": "foia_tracker.sign_in.PasswordResetForm"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
MFA_ADAPTER = "foia_tracker.accounts.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = "Public Records Tracker"
# Attempts are counted by the address that our own proxies saw: whatever else a request claims to come through is
# the sender's own word. One household of IPv6 counts as one.
ALLAUTH_TRUSTED_PROXY_COUNT: int = env["FOIA_TRUSTED_PROXIES"]
ALLAUTH_RATE_LIMIT_IPV6_PREFIX = 64
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/today/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"

# What the browser is told -------------------------------------------------------------------------
SECURE = urlsplit(BASE_URL).scheme == "https"
# A passkey is bound to an encrypted address; without one it works on this machine alone.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz(/|$)", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env["FOIA_TRUSTED_PROXIES"] else None
SECURE_HSTS_SECONDS: int = env["FOIA_HSTS_SECONDS"] if SECURE else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# W005, W021: sub-domains and the browsers' preload list are for the owner of the domain to decide, not
# for one program on it; docs/running.md says how.
# drf_spectacular.W001: two fields of one name with other words get a numbered name in the description, which is true.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021", "drf_spectacular.W001"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

# Files --------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env["FOIA_STATIC_DIR"] or BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = env["FOIA_MEDIA_DIR"] or VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = MODE == "test"
MAIL_CATCHER_DIR: Path | None = env["MAIL_CATCHER_DIR"]

# Words and time -----------------------------------------------------------------------------------
LANGUAGE_CODE = "en-us"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Mail ---------------------------------------------------------------------------------------------
_mail = env["EMAIL_URL"]
if MODE == "test" and _mail is None:
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
elif _mail is None:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
else:
    EMAIL_BACKEND = _mail.backend
    EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.use_tls, _mail.use_ssl
EMAIL_TIMEOUT: int = env["FOIA_SMTP_TIMEOUT_SECONDS"]
# Connections to the mail server of one sweep; a sweep with little to do opens one.
MAIL_CONNECTIONS: int = env["FOIA_MAIL_CONNECTIONS"]
DEFAULT_FROM_EMAIL: str = env["FOIA_FROM_EMAIL"]
SERVER_EMAIL = DEFAULT_FROM_EMAIL
OPERATOR_EMAIL: str | None = env["FOIA_OPERATOR_EMAIL"]

# Webhooks go to addresses of the open net alone; a developer may try one on their own machine.
WEBHOOK_LOOPBACK: bool = env["FOIA_WEBHOOK_LOOPBACK"] and MODE != "production"
WEBHOOK_SECONDS = 10.0
WEBHOOK_DAYS_OF_FAILURE = 5

# The scheduler: a bell, not a ledger. Rows in PostgreSQL say what is due; a lost message costs one sweep.
_broker = env["REDIS_URL"] or place.redis_url(VAR_DIR)
CELERY_BROKER_URL = (
    _broker.replace("unix://", "redis+socket://", 1) if _broker.startswith("unix://") else _broker
)
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "socket_timeout": 2,
    "socket_connect_timeout": 1,
    "socket_keepalive": True,
    "health_check_interval": 30,
}
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_PUBLISH_RETRY = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 0.2,
}
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
REMINDER_SWEEP_SECONDS: int = env["FOIA_REMINDER_SWEEP_SECONDS"]
# Divides the waiting times of the sending; 1 but in a drill.
REMINDER_HASTE: int = env["FOIA_REMINDER_HASTE"]
REMINDER_PLAN_SECONDS: int = env["FOIA_REMINDER_PLAN_SECONDS"]
PING_URL: str | None = env["FOIA_PING_URL"]
METRICS_TOKEN: str | None = env["FOIA_METRICS_TOKEN"]
TRUSTED_PROXIES: int = env["FOIA_TRUSTED_PROXIES"]
IMPORT_SWEEP_SECONDS: int = env["FOIA_IMPORT_SWEEP_SECONDS"]


def _every(seconds: int, task: str) -> dict[str, Any]:
    # A tick that waited out its own period says nothing that the next one does not.
    return {"task": task, "schedule": float(seconds), "options": {"expires": seconds * 0.9}}


CELERY_BEAT_SCHEDULE = {
    "reminders-sweep": _every(REMINDER_SWEEP_SECONDS, "requests_app.tasks.reminders.sweep"),
    "letters-sweep": _every(REMINDER_SWEEP_SECONDS, "requests_app.tasks.letters.sweep"),
    "follow-ups": _every(600, "requests_app.tasks.letters.follow_ups"),
    "webhooks-sweep": _every(REMINDER_SWEEP_SECONDS, "requests_app.tasks.webhooks.sweep"),
    "reminders-plan": _every(REMINDER_PLAN_SECONDS, "requests_app.tasks.reminders.plan"),
    "imports-sweep": _every(IMPORT_SWEEP_SECONDS, "requests_app.tasks.imports.sweep"),
    "invitations-sweep": _every(60, "requests_app.tasks.invitations.sweep"),
    "proposals-sweep": _every(60, "requests_app.tasks.proposals.sweep"),
    "publishing-sweep": _every(60, "requests_app.tasks.publishing.sweep"),
    "audit-seal": _every(60, "requests_app.tasks.audit.seal"),
    "statistics-sweep": _every(10, "requests_app.tasks.statistics.sweep"),
    "open-data-sweep": _every(60, "requests_app.tasks.open_data.sweep"),
    "archives-sweep": _every(120, "requests_app.tasks.archives.sweep"),
    # A release brings a newer reading of a law at most once in days.
    "revisions-sweep": _every(600, "requests_app.tasks.revisions.sweep"),
}

# The door for programs ----------------------------------------------------------------------------
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "requests_app.api.problems.handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNICODE_JSON": True,
    "URL_FORMAT_OVERRIDE": None,
}
# Calls a minute: by a token or a person, by a household on the net, by one that sends a token that opens nothing.
API_A_MINUTE = {"known": 600, "writing": 180, "anybody": 120, "refused": 20}
# Fetches a minute of one calendar feed, and of addresses that show nothing from one household on the net.
FEEDS_A_MINUTE = {"one": 12, "guesses": 60}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Public Records Tracker",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "DESCRIPTION": "Public-records requests, their events, deadlines and documents; agencies, laws and the calculator. "
    "In words: /api/v1/docs/.",
    # Choices are told where they are: names for them would be numbered by a hash.
    "POSTPROCESSING_HOOKS": [
        f"requests_app.api.described.{name}" for name in ("local_times", "sparse_too", "by_the_server", "with_webhooks")
    ],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logs.configure(level=env["FOIA_LOG_LEVEL"], form=env["FOIA_LOG_FORMAT"])
