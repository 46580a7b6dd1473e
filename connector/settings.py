"""Settings, read from the environment; `docs/settings.md` lists every variable.

Where nothing is set, what `make run` keeps in `RUN_DIR/credentials` is taken, so that every command of a
development checkout works as it is. `DEBUG=false` in the environment turns that off.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.templatetags.static import static
from django.urls import reverse_lazy

from connector.edge import brokers
from connector.edge.environment import Environment
from connector.stack import credentials, place

BASE_DIR = Path(__file__).resolve().parent.parent

SECRETS = (  # Each may come from a file that NAME_FILE names.
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "FIELD_KEYS",
    "DATABASE_URL",
    "DATABASE_DIRECT_URL",
    "DATABASE_REPLICA_URL",
    "REDIS_URL",
    "REDIS_SENTINEL_PASSWORD",
    "BROKER_URL",
    "EMAIL_URL",
    "CONNECTOR_ALERT_WEBHOOK_URL",
    "CONNECTOR_ALERT_WEBHOOK_SECRET",
    "CONNECTOR_METRICS_TOKEN",
)
env = Environment(secrets=SECRETS)
RUN_DIR = Path(env.str("RUN_DIR", default=str(place.RUN_DIR))).resolve()
if env.bool("DEBUG", default=True):
    env.complete(credentials.read(RUN_DIR / "credentials"))

# What this process is for: web, worker or manage. Set by wsgi.py, celery.py and manage.py.
ROLE = env.one_of("CONNECTOR_ROLE", ("web", "worker", "manage"), default="manage")

# Security
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # Sign nothing, and open what they have signed.
FIELD_KEYS = env.list("FIELD_KEYS", default=[])  # Of encrypted columns, the newest first.
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_TLS_PROXY", default=False) else None
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])  # networks; none named: one proxy, of a private network
SECURE_SSL_REDIRECT = False  # The proxy redirects browsers; a machine's POST must never be redirected.
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=0 if DEBUG else 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEBUG
SECURE_HSTS_PRELOAD = not DEBUG
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
CSRF_COOKIE_HTTPONLY = True  # No script needs it: forms have the token in them.
SILENCED_SYSTEM_CHECKS = ["security.W008"]  # SECURE_SSL_REDIRECT, see above.

# Signing in to the admin
CONNECTOR_SESSION_IDLE_MINUTES = env.int("CONNECTOR_SESSION_IDLE_MINUTES", default=60)
CONNECTOR_SESSION_HOURS = env.int("CONNECTOR_SESSION_HOURS", default=12)
CONNECTOR_SECOND_FACTOR = env.list("CONNECTOR_SECOND_FACTOR", default=[])  # of whom: "everyone", or groups
CONNECTOR_LOGIN_FAILURES = env.int("CONNECTOR_LOGIN_FAILURES", default=5)  # of a name at an address
CONNECTOR_LOGIN_LOCK_MINUTES = env.int("CONNECTOR_LOGIN_LOCK_MINUTES", default=30)
SESSION_COOKIE_AGE = CONNECTOR_SESSION_HOURS * 3600
if not DEBUG:  # A browser takes these names from this host alone, over TLS; no neighbour under the domain can set them.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "connector.edge.login.backend.PeopleBackend"]
AXES_FAILURE_LIMIT = CONNECTOR_LOGIN_FAILURES
AXES_COOLOFF_TIME = timedelta(minutes=CONNECTOR_LOGIN_LOCK_MINUTES)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # Else who guesses could lock a person out from everywhere.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # Nor for longer than that; and rows stay as small as they are.
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "connector.edge.address.origin_of"
AXES_LOCKOUT_CALLABLE = "connector.edge.login.lockout.locked"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "csrfmiddlewaretoken"]  # Kept, and logged, as stars.
AXES_ENABLE_ADMIN = False  # The admin has pages of its own for it.
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# What the connector tells of itself
CONNECTOR_PUBLIC_URL = env.str("CONNECTOR_PUBLIC_URL", default="").rstrip("/")
CONNECTOR_LAYOUT_LOCK = Path(env.str("CONNECTOR_LAYOUT_LOCK", default=str(BASE_DIR / "layout.lock.json")))
CONNECTOR_REFERENCE = env.str("CONNECTOR_REFERENCE", default="public")  # who sees /docs/: public, staff or off
CONNECTOR_SOURCE = env.str("CONNECTOR_SOURCE", default="source-1")

# Where local changes are pushed to
CONNECTOR_PUSH_URL = env.str("CONNECTOR_PUSH_URL", default="https://api.dsync.com/api/realtime")

# Partners' files: where we may dial to, and how much is taken at once
CONNECTOR_OUTBOUND_ALLOW = env.list("CONNECTOR_OUTBOUND_ALLOW", default=[])  # networks beside the public internet
CONNECTOR_OUTBOUND_PORTS = env.list("CONNECTOR_OUTBOUND_PORTS", default=[])  # beside 21, 22 and 443, each of its kind
CONNECTOR_SPOOL_DIR = Path(env.str("CONNECTOR_SPOOL_DIR", default=str(RUN_DIR / "spool")))
CONNECTOR_FILE_LIMIT = env.int("CONNECTOR_FILE_LIMIT", default=20 * 1024**3)  # bytes of a file, also unpacked
CONNECTOR_UPLOAD_LIMIT = env.int("CONNECTOR_UPLOAD_LIMIT", default=512 * 1024**2)  # bytes of a file sent to us
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "datasources.importing.receiving.Receiving",
]
CONNECTOR_SHOW_PASSWORDS = env.bool("CONNECTOR_SHOW_PASSWORDS", default=False)  # in answers to reads, as published
CONNECTOR_RUN_FILES = env.int("CONNECTOR_RUN_FILES", default=1_000)  # files of a run; the next one goes on
CONNECTOR_IMPORT_DAYS = env.int("CONNECTOR_IMPORT_DAYS", default=90)
CONNECTOR_RUN_HOURS = env.int("CONNECTOR_RUN_HOURS", default=12)

# Mails about them
_mails = f"filemail:///{RUN_DIR / 'mails'}" if DEBUG else "dummymail://"
EMAIL_URL_IS_SET = bool(env.str("EMAIL_URL", default="")) or DEBUG
_email = env.email_url("EMAIL_URL", default=_mails)
EMAIL_BACKEND, EMAIL_FILE_PATH = _email["EMAIL_BACKEND"], _email["EMAIL_FILE_PATH"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _email.get("EMAIL_USE_TLS", False), _email.get("EMAIL_USE_SSL", False)
EMAIL_HOST = _email["EMAIL_HOST"] or "localhost"
EMAIL_PORT = _email["EMAIL_PORT"] or (465 if EMAIL_USE_SSL else 587 if EMAIL_USE_TLS else 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_USER"] or "", _email["EMAIL_HOST_PASSWORD"] or ""
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="connector@localhost")
_local = f"http://127.0.0.1:{env.str('PORT', default='8000')}" if DEBUG else ""
CONNECTOR_LINKS_URL = CONNECTOR_PUBLIC_URL or _local  # where the links of mails lead; empty: mails have none

# What a person is told of: to whom, and from when on
CONNECTOR_ALERT_EMAILS = env.list("CONNECTOR_ALERT_EMAILS", default=[])
CONNECTOR_ALERT_WEBHOOK_URL = env.str("CONNECTOR_ALERT_WEBHOOK_URL", default="")  # a secret: it may hold a token
CONNECTOR_ALERT_WEBHOOK_SECRET = env.str("CONNECTOR_ALERT_WEBHOOK_SECRET", default="")  # signs what is sent there
CONNECTOR_ALERT_KINDS = env.list("CONNECTOR_ALERT_KINDS", default=[])  # empty: all
CONNECTOR_SILENT_HOURS = env.int("CONNECTOR_SILENT_HOURS", default=24)  # of an entity; 0: never, as of all of these
CONNECTOR_SILENT_DAYS = env.int("CONNECTOR_SILENT_DAYS", default=7)  # of a data source, or a partner that uploads
CONNECTOR_PARKED_HOURS = env.int("CONNECTOR_PARKED_HOURS", default=4)  # of a record whose deliveries wait for another
CONNECTOR_OVERDUE_MINUTES = env.int("CONNECTOR_OVERDUE_MINUTES", default=15)  # of a delivery that waits for workers

# Who may read /metrics: nobody where neither is set
CONNECTOR_METRICS_TOKEN = env.str("CONNECTOR_METRICS_TOKEN", default="")
CONNECTOR_METRICS_NETWORKS = env.list("CONNECTOR_METRICS_NETWORKS", default=[])
CONNECTOR_METRICS_PORT = env.int("CONNECTOR_METRICS_PORT", default=0)  # of a worker or dispatcher without a web server
CONNECTOR_METRICS_DIR = Path(env.str("CONNECTOR_METRICS_DIR", default=str(RUN_DIR / "metrics")))

# Traces, by the variables of OpenTelemetry, which its SDK reads itself
_traced = [
    env.str("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", default=""),
    env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default=""),
]
_is_wanted = env.str("OTEL_TRACES_EXPORTER", default="otlp") == "otlp" and not env.bool("OTEL_SDK_DISABLED", False)
CONNECTOR_TRACING = any(_traced) and _is_wanted

# What people did in the admin
CONNECTOR_AUDIT_DAYS = env.int("CONNECTOR_AUDIT_DAYS", default=400)  # 0 keeps all

# Limits of a request
CONNECTOR_BODY_LIMIT = env.int("CONNECTOR_BODY_LIMIT", default=1024 * 1024)
CONNECTOR_DELIVERY_DAYS = env.int("CONNECTOR_DELIVERY_DAYS", default=90)
CONNECTOR_DELIVERY_PARTITIONS = env.int("CONNECTOR_DELIVERY_PARTITIONS", default=8)  # of those days, where many come
CONNECTOR_TOMBSTONE_DAYS = env.int("CONNECTOR_TOMBSTONE_DAYS", default=30)
CONNECTOR_NOTIFICATION_DAYS = env.int("CONNECTOR_NOTIFICATION_DAYS", default=90)
CONNECTOR_PULL_DAYS = env.int("CONNECTOR_PULL_DAYS", default=90)
CONNECTOR_TRAIL_DAYS = env.int("CONNECTOR_TRAIL_DAYS", default=730)
CONNECTOR_DELETE_LIMIT = env.int("CONNECTOR_DELETE_LIMIT", default=1_000)  # of an entity within the minutes; 0: none
CONNECTOR_DELETE_MINUTES = env.int("CONNECTOR_DELETE_MINUTES", default=60)
CONNECTOR_BACKLOG = env.int("CONNECTOR_BACKLOG", default=1_000_000)
CONNECTOR_REPEAT_HOURS = env.int("CONNECTOR_REPEAT_HOURS", default=24)
CONNECTOR_TOKEN_DAYS = env.int("CONNECTOR_TOKEN_DAYS", default=365)  # of a token, after which the admin warns
CONNECTOR_SOCKET_SECONDS = env.int("CONNECTOR_SOCKET_SECONDS", default=5)  # read by deploy/gunicorn.conf.py
CONNECTOR_RATE_BURST = env.int("CONNECTOR_RATE_BURST", default=10)  # calls of an account in a second
CONNECTOR_RATE_STEADY = env.int("CONNECTOR_RATE_STEADY", default=150)  # and in a minute, both at once
CONNECTOR_TOKEN_GUESSES = env.int("CONNECTOR_TOKEN_GUESSES", default=30)  # unknown tokens in a minute; 0: any number
CONNECTOR_RATE_OPEN = env.bool("CONNECTOR_RATE_OPEN", default=True)  # whether calls pass while Valkey is away

# Applications
INSTALLED_APPS = [
    "connector.edge",
    "partners",
    "entities",
    "notifications",
    "sync",
    "alerts",
    "datasources",
    "console",
    "reference",
    "drf_spectacular_sidecar",
    "django_celery_beat",
    "django_otp",
    "axes",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
]
BROWSER_MIDDLEWARE = [  # Requests of machines pass it by.
    "connector.edge.browsers.BrowserHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "connector.edge.current.CurrentRequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "connector.edge.login.sessions.SessionLimits",
    "django_otp.middleware.OTPMiddleware",
    "connector.edge.login.gate.SecondFactorGate",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "connector.edge.login.bodies.BodyLimits",
    "axes.middleware.AxesMiddleware",  # The last: it answers in the place of the login's page.
]
MIDDLEWARE = ["connector.edge.middleware.ContractMiddleware", *BROWSER_MIDDLEWARE]
ROOT_URLCONF = "connector.urls"
WSGI_APPLICATION = "connector.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
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
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "static")))
WHITENOISE_USE_FINDERS = DEBUG
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_REDIRECT_URL = "admin:index"  # Who opens the page of the login itself; the theme leaves out where to go next.
LANGUAGE_CODE = "en"
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# PostgreSQL
TIMEOUTS = {  # statement, lock and idle-in-transaction timeouts in seconds; 0 is none
    "web": (8, 4, 10),
    "worker": (40, 20, 60),  # Under the time limits of a task: what waits must fail by itself, not end its worker.
    "manage": (0, 2, 60),
}
_statement, _lock, _idle = TIMEOUTS[ROLE]
# A pooler hands out a connection of the server for one transaction, so that nothing may belong to a connection: no
# cursor that outlives its transaction, no options (the pooler's file sets the time-outs), and prepared statements only
# where the pooler knows of them. Commands and the dispatcher are few, need all of that, and go to the server itself.
_is_pooled = env.bool("DATABASE_POOLED", default=False)
DATABASE_POOLED = _is_pooled and ROLE != "manage"
# The time-outs of a pool are those of one role, so its name may hold the role's: one URL then serves all processes.
_default = (
    env.db_url("DATABASE_DIRECT_URL") if _is_pooled and ROLE == "manage" else env.db_url("DATABASE_URL", role=ROLE)
)
DATABASES = {"default": _default}
if env.str("DATABASE_REPLICA_URL", default=""):  # Walks and changes are read from it, where it is near enough behind.
    DATABASES["replica"] = {**env.db_url("DATABASE_REPLICA_URL"), "TEST": {"MIRROR": "default"}}
for _name, _database in DATABASES.items():
    _is_behind = DATABASE_POOLED and _name == "default"  # A replica is reached itself.
    if _database["ENGINE"] == "django.db.backends.postgresql":
        _database["ENGINE"] = "connector.edge.postgresql"
    _database.update({"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True})  # A connection for each thread.
    _database["DISABLE_SERVER_SIDE_CURSORS"] = _is_behind
    _database.setdefault("OPTIONS", {}).setdefault("application_name", f"connector-{ROLE}")  # Metrics tell by it.
    _database["OPTIONS"].update(
        {
            "connect_timeout": 5,
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,  # milliseconds until a connection that nobody answers on is given up
            "options": ""
            if _is_behind
            else f"-c statement_timeout={_statement}s -c lock_timeout={_lock}s"
            f" -c idle_in_transaction_session_timeout={_idle}s",
            # A statement is planned once for a connection, not each time: that was a quarter of a write.
            "server_side_binding": True,
            "prepare_threshold": 2 if env.bool("DATABASE_PREPARE", default=not _is_behind) else None,
        }
    )
# What must be known even where the transaction in hand dies: which batch a worker took.
DATABASES["autonomous"] = {**DATABASES["default"], "TEST": {"MIRROR": "default"}}

# Valkey or Redis, the broker, and Celery; ARCHITECTURE.md says why each of these is set
REDIS_URL = env.str("REDIS_URL")
REDIS_SENTINEL_MASTER = env.str("REDIS_SENTINEL_MASTER", default="")  # what sentinels call the server
REDIS_SENTINEL_PASSWORD = env.str("REDIS_SENTINEL_PASSWORD", default="")  # their own
BROKER_URL = env.str("BROKER_URL", default="") or REDIS_URL
CELERY_BROKER_URL = brokers.for_celery(BROKER_URL)
CELERY_RESULT_BACKEND = None
CELERY_RESULT_EXPIRES = None  # Else beat would keep a task that cleans up results, of which there are none.
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ROUTES = {  # What waits for others holds up nobody.
    "sync.tasks.call_hooks": {"queue": "effects"},
    "sync.tasks.send_pushes": {"queue": "effects"},
    "sync.tasks.sweep_dead": {"queue": "effects"},
    "datasources.tasks.*": {"queue": "files"},
    "alerts.tasks.*": {"queue": "effects"},
}
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = False
CELERY_TASK_SOFT_TIME_LIMIT = 45
CELERY_TASK_TIME_LIMIT = 60
CELERY_DB_REUSE_MAX = 10_000  # tasks on one connection
CELERY_WORKER_PREFETCH_MULTIPLIER = 0  # No limit: with one, acknowledgements lost with a broker stop a worker for ever.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = brokers.options(BROKER_URL, REDIS_SENTINEL_MASTER, REDIS_SENTINEL_PASSWORD)
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"  # A source has a schedule of its own.
CELERY_BEAT_SCHEDULE = {
    # Tells readiness that beat and a worker of each queue live, see connector/edge/health/pulse.py.
    **{
        name: {
            "task": "connector.edge.tasks.heartbeat",
            "schedule": 5.0,
            "options": {"queue": queue, "expires": 10, "retry": False},
        }
        for name, queue in (("heartbeat", "celery"), ("heartbeat-effects", "effects"), ("heartbeat-files", "files"))
    },
    # The dispatcher sees to it as well, and tells where beat or the workers are away.
    "alerts": {
        "task": "alerts.tasks.watch",
        "schedule": 15.0,
        "options": {"expires": 15, "retry": False},
    },
}

# The admin
UNFOLD = {
    "SITE_TITLE": "Connector",
    "SITE_HEADER": "Connector",
    "SITE_SUBHEADER": "Dsync destination",
    "SITE_SYMBOL": "hub",
    "SITE_URL": None,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda _request: static("edge/icon.svg")}],
    "SHOW_HISTORY": True,
    "STYLES": [
        "connector.edge.admin.navigation.style",
        "console.dashboard.page.style",
        "console.appearance.style",
    ],
    "SCRIPTS": ["connector.edge.admin.navigation.icons"],
    "ACCOUNT": {
        "navigation": [
            {"title": "Change password", "link": reverse_lazy("admin:password_change")},
            {"title": "Second factor", "link": reverse_lazy("second_factor")},
        ]
    },
    "DASHBOARD_CALLBACK": "connector.edge.admin.index.dashboard",
    "SIDEBAR": {"navigation": "connector.edge.admin.navigation.sections"},
}

# Logs: one JSON line for each event on standard error
LOGGING_CONFIG = None
LOG_LEVEL = env.one_of("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"), default="INFO")
LOG_JSON = env.bool("LOG_JSON", default=not DEBUG)

env.refuse()
