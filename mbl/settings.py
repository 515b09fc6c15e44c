"""One environment-driven settings file. ``settings_test.py`` changes speed and isolation only."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from mbl import env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = env.folder("MBL_VAR", BASE_DIR / "var")
# Where another system leaves files to import: <folder>/<district code>/<kind>/. Not set: nothing is picked up.
PICKUP_FOLDER = env.optional_folder("MBL_PICKUP")

# --- Who we are -----------------------------------------------------------------------------------------------------
PRODUCT_NAME = "MBL"
LOOPBACK_HOSTS = {"127.0.0.1", "localhost", "[::1]"}
DEBUG = env.flag("DEBUG")
DEMO_MODE = env.flag("DEMO_MODE")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", sorted(LOOPBACK_HOSTS))
PUBLIC_URL = env.text("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
SECRET_KEY = env.text("SECRET_KEY")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. `make run` makes one of its own; in production set a random text of 50 characters "
        "or more and keep it the same between starts."
    )
if DEMO_MODE and not set(ALLOWED_HOSTS) <= LOOPBACK_HOSTS:
    raise ImproperlyConfigured(
        "DEMO_MODE=1 lets anyone sign in as anyone, so it runs on this machine only. "
        "Remove DEMO_MODE, or set ALLOWED_HOSTS to 127.0.0.1,localhost."
    )

# --- Apps -----------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "guardian",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "template_partials",
    "mbl.core",
    "profiles",
    "crediting",
    "hsbp",
    "transcripts",
    "equity",
    "mbl.home",
    "mbl.demo",
]

MIDDLEWARE = [
    "mbl.core.metrics.Measured",
    "mbl.core.middleware.DatabaseAway",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Adds random bytes to each answer, so that its length tells nothing about secrets in it (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "mbl.core.middleware.RequestId",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "mbl.core.middleware.PersonLanguage",
    "mbl.core.middleware.ReadableText",
    "mbl.core.middleware.SignInRequired",
    "mbl.core.middleware.IdleTimeout",
    "mbl.home.middleware.DistrictTime",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "mbl.core.middleware.DomainErrors",
]

ROOT_URLCONF = "mbl.urls"
WSGI_APPLICATION = "mbl.wsgi.application"
ASGI_APPLICATION = "mbl.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mbl.home.shell.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "mbl.core.templatetags.ui",
                "mbl.core.templatetags.core",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Data -----------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.text("REDIS_URL")
if not REDIS_URL:
    raise ImproperlyConfigured(
        "REDIS_URL is not set. Start with `make run`, which brings its own server, or set it to redis://host:6379/0."
    )
CACHES = {
    "default": {
        "BACKEND": "mbl.core.cache.RedisOrLocalCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2, "retry": None},
    }
}
# In the database alone: signing out holds also while Redis is away, and nobody needs Redis to be answered.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
IDLE_TIMEOUT_MINUTES = env.integer("IDLE_TIMEOUT_MINUTES", 60, low=5, high=24 * 60)
# The middleware notes activity every few minutes at most; the row must live that much longer.
SESSION_COOKIE_AGE = (IDLE_TIMEOUT_MINUTES + 10) * 60
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "evidence": env.storage("EVIDENCE_STORAGE", "EVIDENCE_DIR", VAR_DIR / "files" / "evidence"),
    "documents": env.storage("DOCUMENTS_STORAGE", "DOCUMENTS_DIR", VAR_DIR / "files" / "documents"),
    "staticfiles": {"BACKEND": "mbl.core.staticfiles.JoinedStaticStorage"},
}
MAX_UPLOAD_MB = env.integer("MAX_UPLOAD_MB", 50, low=1, high=2000)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "mbl.core.files.CappedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- People ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ANONYMOUS_USER_NAME = None  # guardian: no row for people who are not signed in
# guardian warns that its backend is absent. Grants are read with their dates in ``profiles.access``; ``has_perm`` on
# its backend would not look at the dates, so it stays out.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("login_name", "display_name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "mbl.core.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login_name"
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation proves the address
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody can make us write to strangers
ACCOUNT_FORMS = {
    "login": "mbl.core.account_forms.LoginForm",
    "reset_password": "mbl.core.account_forms.ResetPasswordForm",
    "reset_password_from_key": "mbl.core.account_forms.ResetPasswordKeyForm",
    "set_password": "mbl.core.account_forms.SetPasswordForm",
    "change_password": "mbl.core.account_forms.ChangePasswordForm",
    "reauthenticate": "mbl.core.account_forms.ReauthenticateForm",
}
# A whole school signs in at eight from one address, so an address has room; an account has five tries in five minutes.
ACCOUNT_RATE_LIMITS = {
    "login": "600/m/ip",
    "login_failed": "60/m/ip,5/5m/key",
    "reset_password": "60/m/ip,5/m/key",
    "reset_password_from_key": "60/m/ip",
    "change_password": "10/m/user",
    "reauthenticate": "10/m/user",
}

# --- Web ------------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Our own files only: no page of ours uses what packages bring, and compressing it takes half a minute.
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["png", "jpg", "woff2", "ttf", "br", "gz"]
STATIC_ROOT = env.folder("STATIC_ROOT", VAR_DIR / "static")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
HTTPS = env.flag("HTTPS", default=not set(ALLOWED_HOSTS) <= LOOPBACK_HOSTS)
SECURE_REDIRECT_EXEMPT = [r"^health/$"]  # asked over plain HTTP, from beside the server
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY") else None
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", [PUBLIC_URL] if HTTPS else [])
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "mbl.core.views.errors.form_expired"
# How many proxies in front of us add to X-Forwarded-For; rate limits count the address before them.
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", 0, high=5)

# --- Words and time -------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["mbl.formats"]
USE_TZ = True
TIME_ZONE = "UTC"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Mail -----------------------------------------------------------------------------------------------------------
EMAIL_BACKEND = env.text(
    "EMAIL_BACKEND",
    "django.core.mail.backends.smtp.EmailBackend"
    if env.text("EMAIL_HOST")
    else "django.core.mail.backends.filebased.EmailBackend",
)
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.integer("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "no-reply@localhost")

# --- Metrics --------------------------------------------------------------------------------------------------------
# Without one, /metrics answers programs on this machine only.
METRICS_TOKEN = env.text("METRICS_TOKEN")

# --- Jobs -----------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = env.broker(REDIS_URL)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,  # a broker that takes the call and says nothing may not hold a request for ever
    "max_retries": 0,
    "retry_on_timeout": False,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    # A bell nobody heard in time is not worth hearing later.
    "reap-jobs": {"task": "core.reap_jobs", "schedule": 20.0, "options": {"expires": 20}},
    "fetch-standards": {"task": "crediting.fetch_standards", "schedule": 24 * 3600.0, "options": {"expires": 3600}},
    "look-for-awards": {
        "task": "crediting.look_for_awards",
        "schedule": 24 * 3600.0,
        "options": {"expires": 3600},
    },
    "remind-of-choices": {
        "task": "crediting.remind_of_choices",
        "schedule": 24 * 3600.0,
        "options": {"expires": 3600},
    },
    "forget-old-replays": {
        "task": "crediting.forget_old_replays",
        "schedule": 24 * 3600.0,
        "options": {"expires": 3600},
    },
    "keep-grades": {"task": "crediting.keep_grades", "schedule": 3600.0, "options": {"expires": 1800}},
    "tidy": {"task": "core.tidy", "schedule": 24 * 3600.0, "options": {"expires": 3600}},
    "old-names": {"task": "profiles.renew_name_words", "schedule": 24 * 3600.0, "options": {"expires": 3600}},
    "pick-up": {"task": "profiles.pick_up", "schedule": 300.0, "options": {"expires": 300}},
}
JOB_LEASE_SECONDS = env.integer("JOB_LEASE_SECONDS", 45, low=2, high=3600)

# --- Standards from elsewhere -----------------------------------------------------------------------------------------
# Hosts (host or host:port) from which CASE packages may be fetched each day; none means that nothing ever is.
CASE_SOURCES = env.words("CASE_SOURCES", [])

# --- Logs: no names, no form values; ids only ----------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "mbl.core.logs.RequestIdFilter"}},
    "formatters": {"line": {"()": "mbl.core.logs.SafeFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"handlers": ["stderr"], "propagate": False},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
    },
}

# --- API ------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["mbl.api.serving.SignedIn"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [],  # nothing is sent to it
    "DEFAULT_THROTTLE_CLASSES": ["mbl.api.serving.PersonThrottle"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "mbl.api.errors.answer",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "MBL",
    "DESCRIPTION": "Mastery-based credit of a school district, to read. The page over it is /api/.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}
# So many days the results of a policy's replay are kept; what it found in numbers stays in the audit log.
REPLAY_KEEP_DAYS = env.integer("REPLAY_KEEP_DAYS", 400, low=1, high=3660)
# The places a grade point average is printed with; two where a district says so.
GPA_PLACES = env.integer("GPA_PLACES", 3, low=2, high=3)
