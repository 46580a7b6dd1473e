"""Deliveries that wait although nothing is before them: nobody would ever let them go on.

Nothing of ours leaves one behind. A row that was changed or removed by hand does, and so may a restore.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction

from sync.applying import turns
from sync.keeping.floors import OPEN, raised
from sync.models import Delivery, Lane
from sync.models.delivery import OBSTACLE, WAITING

AT_ONCE = 1000
Place = tuple[int, int]  # Hash of a record and number of a delivery: the order in which all of them are looked at.
START: Place = (-(2**63), 0)
NEXT = f"""
    SELECT id, entity, record_key, record_hash, lane, ({WAITING}) FROM sync_delivery
    WHERE (record_hash, id) > (%s, %s) AND {OBSTACLE} AND {OPEN} ORDER BY record_hash, id LIMIT %s
"""  # noqa: S608 (conditions of ours)


def free(after: Place = START) -> tuple[int, Place]:
    """Let the strays among the next 1,000 go on; return how many, and where to look next.

    Passed over is what a worker has in hand, and a record that has something ready: that lets the others go on.
    """
    with connection.cursor() as cursor:
        cursor.execute(raised(NEXT), [*after, AT_ONCE])
        rows = cursor.fetchall()
    names = ("id", "entity", "record_key", "record_hash", "lane")
    waiting = [Delivery(**dict(zip(names, row, strict=False))) for row in rows if row[-1]]
    place = (rows[-1][3], rows[-1][0]) if len(rows) == AT_ONCE else START
    return (let_go(waiting) if waiting else 0), place


@transaction.atomic
def let_go(waiting: Sequence[Delivery]) -> int:
    lanes = {delivery.lane for delivery in waiting}
    hashes = {delivery.record_hash for delivery in waiting}
    at_work = set(Delivery.objects.at_work().filter(record_hash__in=hashes).values_list("entity", "record_key"))
    free_lanes = Lane.objects.filter(pk__in=lanes).order_by("pk").select_for_update(skip_locked=True)
    ours = set(free_lanes.values_list("pk", flat=True))
    return turns.release([each for each in waiting if each.lane in ours and each.record not in at_work])
