"""Settings: one file, driven by the environment. docs/operations.md lists every variable."""

import contextlib
import os
import secrets
from datetime import timedelta
from pathlib import Path

from pasi import calendar, database
from pasi.networks import network_text

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = database.var_directory(BASE_DIR)


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def _words(name: str, default: str = "") -> list[str]:
    return os.environ.get(name, default).replace(",", " ").split()


def _secret_key() -> str:
    """PASI_SECRET_KEY, or one made on first use and kept beside the embedded database."""
    if key := os.environ.get("PASI_SECRET_KEY"):
        return key
    if os.environ.get("DATABASE_URL"):
        raise SystemExit("Set PASI_SECRET_KEY to a long random text when DATABASE_URL is used.")
    path = VAR_DIR / "secret_key"
    try:
        return path.read_text()
    except FileNotFoundError:
        pass
    # Written whole under another name first: two processes starting together must agree on it.
    own = path.with_name(f"{path.name}.{os.getpid()}")
    own.touch(mode=0o600)
    own.write_text(secrets.token_urlsafe(50))
    if os.geteuid() == 0:  # a user's checkout stays the user's, also when root comes first
        os.chown(own, VAR_DIR.stat().st_uid, VAR_DIR.stat().st_gid)
    with contextlib.suppress(FileExistsError):
        os.link(own, path)
    own.unlink()
    return path.read_text()


PASI_VERSION = "0.1.0"
DEBUG = _flag("PASI_DEBUG")
DATABASES = database.databases(BASE_DIR)
SECRET_KEY = _secret_key()
ALLOWED_HOSTS = _words("PASI_ALLOWED_HOSTS", "localhost 127.0.0.1 [::1]")
CSRF_TRUSTED_ORIGINS = _words("PASI_CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # before the admin, whose templates it replaces
    "pasi.back_office.app.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "oauth2_provider",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "simple_history",
    "pgtrigger",
    "procrastinate.contrib.django",
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "pasi",
    "audit",
    "students",
    "enrolments",
    "credentials",
]

MIDDLEWARE = [
    "pasi.back_office.policy.PolicyMiddleware",
    "pasi.http.MessageIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "pasi.back_office.policy.PlainMethods",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "pasi.back_office.policy.CompressedPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",  # the last: it replaces the answer to who is locked out
]

ROOT_URLCONF = "pasi.urls"
WSGI_APPLICATION = "pasi.wsgi.application"
APPEND_SLASH = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "pasi" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# One call decides for itself where its transactions begin and end: a ServiceCall must stay even
# when the work is rolled back. ATOMIC_REQUESTS would silently undo that.
assert not DATABASES["default"].get("ATOMIC_REQUESTS")

LANGUAGE_CODE = "en-ca"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = "pasi.formats"  # 2026-11-22 14:05, whatever the language

STATIC_URL = "/static/"
# Where collectstatic puts the static files; without it they are served from the packages.
STATIC_ROOT = os.environ.get("PASI_STATIC_ROOT")
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# --- Security -----------------------------------------------------------------------------------
_HTTPS = _flag("PASI_HTTPS")
if _HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = True
LOGIN_REDIRECT_URL = "admin:index"
# Ends when nothing was asked for so long, and when the browser is closed.
SESSION_COOKIE_AGE = 60 * int(os.environ.get("PASI_SESSION_MINUTES", "60"))
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_FAILURE_VIEW = "pasi.back_office.error_pages.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
# Under /admin/ alone, for the theme: pasi/back_office/policy.py.
PASI_BACK_OFFICE_POLICY = {
    "script-src": ["'self'", "'unsafe-eval'"],
    "style-src": ["'self'", "'unsafe-inline'"],
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
] + [{"NAME": "pasi.back_office.passwords.NotThePresentOne"}]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # refuses who is locked out
    "django.contrib.auth.backends.ModelBackend",
]
# A name that fails so often from one address is locked out from there. Not from everywhere: then
# anybody could lock staff out.
AXES_FAILURE_LIMIT = int(os.environ.get("PASI_SIGN_IN_FAILURES", "5"))
AXES_COOLOFF_TIME = timedelta(minutes=int(os.environ.get("PASI_SIGN_IN_LOCK_MINUTES", "15")))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "pasi.back_office.sign_in.address_of"
AXES_LOCKOUT_CALLABLE = "pasi.back_office.sign_in.locked_out"
AXES_DISABLE_ACCESS_LOG = True  # audit.SignIn has them all
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# A code besides the password: optional (who has set it up is asked), or required of everybody.
PASI_SECOND_FACTOR = os.environ.get("PASI_SECOND_FACTOR", "optional")
if PASI_SECOND_FACTOR not in {"optional", "required"}:
    raise SystemExit("PASI_SECOND_FACTOR is optional or required.")
OTP_TOTP_ISSUER = "PASI back office"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "pasi.clients.ClientSecretHasher",
]

# --- The back office's theme (all else of it: pasi/back_office/theme.py and templates) ------------
UNFOLD = {
    "SITE_TITLE": "PASI back office",
    "SITE_HEADER": "PASI back office",
    "SITE_URL": None,
    "SITE_SYMBOL": "school",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": f"{STATIC_URL}pasi/icon.svg"}
    ],
    "STYLES": [f"{STATIC_URL}pasi/back_office.css"],
    "SCRIPTS": [f"{STATIC_URL}pasi/back_office.js", f"{STATIC_URL}pasi/session.js"],
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "navigation": "pasi.back_office.menu.navigation",
    },
    "ACCOUNT": {"navigation": "pasi.back_office.menu.account"},
    "COMMAND": {"search_callback": "pasi.back_office.menu.palette"},
    "BORDER_RADIUS": "6px",
    "COLORS": {
        "primary": {
            "50": "oklch(97% .014 254.604)",
            "100": "oklch(93.2% .032 255.585)",
            "200": "oklch(88.2% .059 254.128)",
            "300": "oklch(80.9% .105 251.813)",
            "400": "oklch(70.7% .165 254.624)",
            "500": "oklch(68% .17 256)",
            "600": "oklch(50% .2 262)",
            "700": "oklch(44% .2 264)",
            "800": "oklch(40% .17 265.638)",
            "900": "oklch(37.9% .146 265.522)",
            "950": "oklch(28.2% .091 267.935)",
        }
    },
}

# --- Clients: OAuth2 client credentials ---------------------------------------------------------
OAUTH2_PROVIDER_APPLICATION_MODEL = "pasi.PasiClient"
OAUTH2_PROVIDER = {
    "SCOPES": {"pasi": "Call the services that the client's roles allow."},
    "DEFAULT_SCOPES": ["pasi"],
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "REFRESH_TOKEN_EXPIRE_SECONDS": 3600,
    "CLIENT_SECRET_HASHER": "pasi_client_secret",
    "OAUTH2_VALIDATOR_CLASS": "pasi.token_validator.TokenValidator",
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["pasi.clients.BearerToken"],
    "DEFAULT_PERMISSION_CLASSES": ["pasi.clients.KnownClient"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": [],
    "EXCEPTION_HANDLER": "pasi.faults.exception_handler",
    # What concerns a whole object has the object's own path; no property of ours is called so.
    "NON_FIELD_ERRORS_KEY": "",
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_SCHEMA_CLASS": "pasi.schema.PasiSchema",
    "DEFAULT_THROTTLE_CLASSES": ["pasi.throttling.ClientThrottle"],
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "PASI",
    "DESCRIPTION": "The student information core: services that submit, addresses that read. "
    "Every answer carries the header PASI-Message-Id; every failure is a problem (RFC 9457).",
    "VERSION": PASI_VERSION,
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["pasi.schema.close_objects", "pasi.schema.add_token_endpoint"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"validatorUrl": None, "deepLinking": True},
}

SIMPLE_HISTORY_DATE_INDEX = False

# --- What the ministry sets ---------------------------------------------------------------------
PASI_TODAY = calendar.fixed_today_from_environment(allowed=DEBUG or _flag("PASI_ALLOW_FIXED_TODAY"))
PASI_CURRENT_SCHOOL_YEARS = [int(year) for year in _words("PASI_CURRENT_SCHOOL_YEARS")]
PASI_CLOSED = _flag("PASI_CLOSED")
PASI_LOCK_TIMEOUT_SECONDS = float(os.environ.get("PASI_LOCK_TIMEOUT_SECONDS", "10"))
# How long a call waits for a version that the Core has not issued yet, before 9014.
PASI_VERSION_WAIT_SECONDS = float(os.environ.get("PASI_VERSION_WAIT_SECONDS", "5"))
# How many batches a processor works on side by side, each on a connection of its own.
PASI_PROCESSOR_THREADS = int(os.environ.get("PASI_PROCESSOR_THREADS", "2"))
PASI_REPLAY_DAYS = 30
# How long background jobs that failed are kept; their records of calls stay.
PASI_JOB_DAYS = 30
# The ninth digit of a new ASN: luhn, or none (the pool then has nine digits).
PASI_ASN_CHECK_DIGIT = os.environ.get("PASI_ASN_CHECK_DIGIT", "luhn")
PASI_RULES_OFF = _words("PASI_RULES_OFF")
# Networks whose X-Forwarded-For header is believed (the balancer in front of the web processes).
PASI_TRUSTED_PROXIES = _words("PASI_TRUSTED_PROXIES")
# Networks that may read /metrics, none by default; and a bearer token that they need as well.
PASI_METRICS_ALLOW = _words("PASI_METRICS_ALLOW")
PASI_METRICS_TOKEN = os.environ.get("PASI_METRICS_TOKEN", "")
for _network in PASI_METRICS_ALLOW:
    try:
        network_text(_network)
    except ValueError as _error:
        raise SystemExit(f"PASI_METRICS_ALLOW: {_error}") from None
# Calls per minute and client at which 429 is answered; 0 = no limit.
PASI_CLIENT_CALLS_PER_MINUTE = int(os.environ.get("PASI_CLIENT_CALLS_PER_MINUTE", "0"))
# Requests for a token per minute and network address at which 429 is answered; 0 = no limit.
PASI_TOKENS_PER_MINUTE = int(os.environ.get("PASI_TOKENS_PER_MINUTE", "60"))
# Largest request body in bytes; services.py gives the awarding service its own.
PASI_REQUEST_BYTES = 65_536
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# Credentials whose award can move the maturity date. Source: inferred.
PASI_MATURITY_CREDENTIALS = _words("PASI_MATURITY_CREDENTIALS", "AHSD ADEX ADVD GHSD")
# Awards under deactivated and secondary numbers are neither re-issued nor deleted (44013, 44014).
PASI_ACTIVE_NUMBERS_ONLY = _flag("PASI_ACTIVE_NUMBERS_ONLY")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("PASI_LOG_LEVEL", "WARNING")},
}
