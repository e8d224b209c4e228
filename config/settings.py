"""Settings of every process, read from the environment; docs/settings.md lists them."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONCE
from django.core.exceptions import ImproperlyConfigured

from config.logging import LOG_PROCESSORS, LOG_RENDERERS

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("LADING_VAR", BASE_DIR / "var"))

PROCESS = os.environ.get("LADING_PROCESS", "")
DEBUG = os.environ.get("LADING_DEBUG", "") == "1"
SECRET_KEY = os.environ.get("LADING_SECRET_KEY", "")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "LADING_SECRET_KEY is not set: `python3 manage.py up` makes one; a server needs its own."
    )
PORT = int(os.environ.get("LADING_PORT", "8000"))
ALLOWED_HOSTS = os.environ.get("LADING_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
IS_HTTPS = os.environ.get("LADING_HTTPS", "") == "1"
BASE_URL = os.environ.get("LADING_BASE_URL", f"http://localhost:{PORT}")


def database(url: str, *, customers: str) -> dict[str, Any]:
    """Return Django's settings for one PostgreSQL URL.

    `customers` is the connection's default for the row-level setting `lading.customers`: `*` for
    processes that work for everybody, empty (sees nothing) for the web, where each request sets
    its own.
    """
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    if not parts.scheme.startswith("postgres"):
        raise ImproperlyConfigured("DATABASE_URL must be a postgresql:// address.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [parts.hostname or ""])[0],
        "PORT": query.get("port", [str(parts.port or "")])[0],
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # For the one statement that asks to be prepared (`receive_first`).
            "prepare_threshold": 5,
            "application_name": f"lading-{PROCESS or 'shell'}",
            # A page asks for little: starting a second worker, or compiling, costs more than it.
            "options": f"-c lading.customers={customers} -c timezone=UTC -c jit=off"
            " -c max_parallel_workers_per_gather=0",
        },
    }


DATABASE_URL = os.environ.get("DATABASE_URL", "")
if not DATABASE_URL:
    raise ImproperlyConfigured("DATABASE_URL is not set: `python3 manage.py up` starts a database.")
DATABASES = {
    # The application's role: owns nothing, obeys row-level security.
    "default": database(DATABASE_URL, customers="" if PROCESS in {"", "web"} else "*"),
    # The owner migrates and nothing else.
    "owner": database(os.environ.get("DATABASE_OWNER_URL", DATABASE_URL), customers="*"),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = os.environ.get("REDIS_URL", "redis://localhost:6379/0")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "simple_history",
    "template_partials",
    "journal",
    "accounts",
    "dispatch",
    "rating",
    "exceptions",
    "billing",
    "integrations",
    "insights",
    "web",
    "demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.DoorMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "config.middleware.RowScopeMiddleware",
    "config.middleware.SecondFactorMiddleware",
    "config.middleware.PlainTextMiddleware",
    "web.locales.LocaleMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "web.context.shell",
            ],
        },
    },
]

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "config.signin.InvitationOnlyAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
# Wrong passwords are counted by accounts.operations.admitting, wrong codes by this.
ACCOUNT_RATE_LIMITS = {"login_failed": "5/15m/key", "reset_password": "20/h/ip"}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_FORMS = {
    "reset_password": "web.signin.forms.AskForLinkForm",
    "reset_password_from_key": "web.signin.forms.ChosenPasswordForm",
    "change_password": "web.signin.forms.ChangedPasswordForm",
}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.operations.resetting.LinkTokens"  # noqa: S105
PASSWORD_RESET_TIMEOUT = 72 * 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
MFA_ADAPTER = "config.signin.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "web.errors.csrf_failure"
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
IS_BEHIND_PROXY = os.environ.get("LADING_BEHIND_PROXY", "") == "1"
if IS_BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Whoever guesses is counted by their own address, not by the proxy's.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1

CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/api/docs", "/api/reference"],
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'", NONCE],
        "style-src": ["'self'", NONCE],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "lading",
    }
}

# Words, dates and money
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# Files
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
BLOB_ROOT = VAR_DIR / "blobs"
UPLOAD_LIMIT_BYTES = 25 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_LIMIT_BYTES + 1024 * 1024

SMTP_PORTS = {"starttls": 587, "tls": 465, "none": 25}
# Mail leaves like everything else: through the outbox, never in a request.
EMAIL_BACKEND = "integrations.adapters.mailroom.OutboxBackend"
DEFAULT_FROM_EMAIL = os.environ.get("LADING_FROM_EMAIL", "billing@lading.example")
SMTP_HOST = os.environ.get("LADING_SMTP_HOST", "")
SMTP_SECURITY = os.environ.get("LADING_SMTP_SECURITY", "starttls")
if SMTP_SECURITY not in SMTP_PORTS:
    raise ImproperlyConfigured("LADING_SMTP_SECURITY is one of starttls, tls and none.")
SMTP_PORT = int(os.environ.get("LADING_SMTP_PORT", SMTP_PORTS[SMTP_SECURITY]))
SMTP_USER = os.environ.get("LADING_SMTP_USER", "")
SMTP_PASSWORD = os.environ.get("LADING_SMTP_PASSWORD", "")
# Without a mail server letters are files here.
MAIL_FOLDER = VAR_DIR / "mail"
EDI_FOLDER = Path(os.environ.get("LADING_EDI_FOLDER", VAR_DIR / "edi"))

# The map of the system
SUBSCRIPTIONS = "config.subscriptions"
RESOLUTIONS = "config.resolutions"
# Tests and seeding work through the queues themselves.
RING_BELLS = os.environ.get("LADING_BELLS", "0" if PROCESS == "tests" else "1") == "1"
LEASE_SECONDS = float(os.environ.get("LADING_LEASE_SECONDS", "60"))
SWEEP_SECONDS = float(os.environ.get("LADING_SWEEP_SECONDS", "30"))
POLL_SECONDS = float(os.environ.get("LADING_POLL_SECONDS", "5"))
TMS_URL = os.environ.get("LADING_TMS_URL", "")
ERP_URL = os.environ.get("LADING_ERP_URL", "")

# Background work: the database is the queue, Celery rings the bell
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "housekeeping"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    # A bell is rung by whoever commits: with the broker away it must give up at once, not after
    # the 6 s of the default. The sweeper rings again.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}

# What an address may ask without a living key. Tests ask as strangers all the time.
STRANGERS_PER_MINUTE = int(
    os.environ.get("LADING_STRANGERS_PER_MINUTE", "1000000" if PROCESS == "tests" else "60")
)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.keys.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.keys.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api.limits.KeyThrottle"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "accounts.api.problems.problem_handler",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Lading API",
    "VERSION": "1.0.0",
    "DESCRIPTION": "Everything that pages do: loads, papers, charges, cases, invoices, rates.",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "PATH_CONVERTER_OVERRIDES": {"id": {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.openapi.complete",
    ],
    "ENUM_NAME_OVERRIDES": {
        "Anchor": "rating.engine.choices.Anchor",
        "BlockerEnforcement": "billing.models.PolicyRule.Enforcement",
        "CaseSeverity": "exceptions.models.Case.Severity",
        "CaseStatus": "exceptions.models.Case.Status",
        "ChargeStatus": "billing.models.Charge.Status",
        "CostKind": "dispatch.models.LoadCost.Kind",
        "DocumentKind": "dispatch.models.Document.Kind",
        "DocumentStatus": "dispatch.models.Document.Status",
        "FreightClass": "rating.engine.classes.CLASSES",
        "InvoiceKind": "billing.models.Invoice.Kind",
        "LoadBillingStatus": "billing.models.LoadBilling.Status",
        "LoadStatus": "dispatch.models.Load.Status",
        "MilestoneKind": "dispatch.models.Milestone.Kind",
        "Rounding": "rating.engine.money.Rounding",
        "ReferenceKind": "dispatch.models.Reference.Kind",
        "StopKind": "dispatch.models.Stop.Kind",
        "StopStatus": "dispatch.models.Stop.Status",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processors": LOG_RENDERERS,
            "foreign_pre_chain": LOG_PROCESSORS,
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LADING_LOG_LEVEL", "INFO")},
    "loggers": {"fontTools": {"level": "WARNING"}, "weasyprint": {"level": "ERROR"}},
}
