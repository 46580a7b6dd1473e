"""The contract of partners: partners of companies with their contacts, deals and campaigns."""

from __future__ import annotations

from reference.contract import Contract
from reference.hood import operations, shapes

CONTRACT = Contract(
    name="hood",
    description="Partners of a company, with their contacts, deals and campaigns. A token sees its company alone.",
    operations=operations.operations,
    schemas=shapes.schemas,
    security=({"Bearer": ()},),
    schemes={"Bearer": {"type": "http", "scheme": "bearer"}},
    error=shapes.error,
    errors=(400, 401, 411, 413, 415, 429, 500, 503),
    headers={
        "X-RateLimit-Limit": "Calls of the window that is closer to its end of allowance.",
        "X-RateLimit-Remaining": "How many of them are left.",
        "X-RateLimit-Reset": "Seconds until the window ends.",
    },
)
