"""When a row came and when it changed, to the second, as the contract writes times."""

from __future__ import annotations

from django.db import models


class ThisSecond(models.Func):
    """The second that it is; finer parts would make `create_time=eq:...` find nothing that a read shows."""

    template = "date_trunc('second', statement_timestamp())"
    output_field = models.DateTimeField()


class Timed(models.Model):
    """`update_time` is when anything last changed that a read of the row shows, the effective status included."""

    create_time = models.DateTimeField(db_default=ThisSecond(), editable=False)
    update_time = models.DateTimeField(db_default=ThisSecond(), editable=False)

    class Meta:
        abstract = True
