"""Queueing background jobs that only say "look": the truth is in the tables they look at."""

import logging
from typing import Any

from django.db import DatabaseError
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.tasks import Task

logger = logging.getLogger(__name__)


def defer_once(task: Task, lock: str, **arguments: Any) -> None:
    """Have a worker do a job, unless one with this queueing lock waits already.

    Called after the commit, which stands whatever happens here: a job that is lost is made up for
    by the periodic task that looks for what was missed.
    """
    try:
        task.configure(queueing_lock=lock).defer(**arguments)
    except AlreadyEnqueued:
        pass
    except (ConnectorException, DatabaseError):
        logger.exception("The job %s could not be queued", lock)
