"""The settings of the service, with the hostile application installed."""

from connector.settings import *  # noqa: F403
from connector.settings import CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT, INSTALLED_APPS, MIDDLEWARE, env

INSTALLED_APPS = [*INSTALLED_APPS, "tests.acceptance.hostile"]
MIDDLEWARE = ["tests.acceptance.hostile.moments.Answering", *MIDDLEWARE]
CELERY_TASK_SOFT_TIME_LIMIT = env.int("SOFT_TIME_LIMIT", default=CELERY_TASK_SOFT_TIME_LIMIT)
CELERY_TASK_TIME_LIMIT = env.int("TIME_LIMIT", default=CELERY_TASK_TIME_LIMIT)
