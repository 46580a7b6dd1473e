"""Whether a walk was complete: only then may what it did not have be taken for gone."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from sync.models import Pull
from sync.pulling.source import Source

# What the walk served, and what the changes after it tell to be deleted that it had not served any more.
SERVED = """
    WITH walked AS (
        SELECT unnest(keys) AS key FROM sync_pullpage WHERE pull_id = %(pull)s AND number <= %(last)s
    ), later AS (
        SELECT DISTINCT key FROM sync_pullpage, unnest(keys, fates) AS record(key, fate)
        WHERE pull_id = %(pull)s AND number > %(last)s AND fate IN ('deleted', 'absent')
    )
    SELECT (SELECT count(*) FROM walked), (SELECT count(DISTINCT key) FROM walked WHERE key <> ''),
           (SELECT count(*) FROM walked WHERE key = ''),
           (SELECT count(*) FROM (SELECT key FROM later EXCEPT SELECT key FROM walked) AS gone),
           (SELECT coalesce(sum(cardinality(keys)), 0) FROM sync_pullpage
            WHERE pull_id = %(pull)s AND number = %(last)s)
"""


def doubts(pull: Pull, source: Source) -> Iterator[str]:
    """Yield what speaks against a walk whose pages are all done; nothing when it had every record of its source.

    Records that are deleted while it goes on are missing in it rightly. The changes since it began tell how many those
    are; a source without them is asked how many it has now.
    """
    served, distinct, nameless, deleted, beyond = counted(pull)
    total = pull.total or 0
    if beyond:
        yield f"The source served records beyond the {total} of its Total."
    if served != distinct + nameless:
        yield f"The source served {served - distinct - nameless} records more than once."
    if nameless:
        yield f"{nameless} records have no key that can be read here."
    if distinct + nameless + deleted < total and (has_changes(pull) or source.total() != distinct + nameless):
        yield f"The source said that it has {total} records, and served {distinct + nameless}."


def has_changes(pull: Pull) -> bool:
    return pull.done_pages.filter(number__gt=pull.pages + 1).exists()


def counted(pull: Pull) -> tuple[int, int, int, int, int]:
    with connection.cursor() as cursor:
        cursor.execute(SERVED, {"pull": pull.pk, "last": pull.pages + 1})
        found: tuple[int, int, int, int, int] = cursor.fetchone()
    return found
