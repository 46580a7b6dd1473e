"""Who changed what: one row for each change, written in the transaction of the change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from partners.effective import Touched
from partners.models import Action, Campaign, Change, Contact, Deal, Partner

Subject = Partner | Contact | Deal | Campaign
SUBJECTS = ["partner", "contact", "deal", "campaign"]  # And what upper rooms add to them.


class Owned(Protocol):
    """A row that is a partner, or hangs on one, in whatever room."""

    _meta: ClassVar[Any]

    @property
    def pk(self) -> Any: ...

    @property
    def owner_id(self) -> int: ...


@dataclass(frozen=True)
class Actor:
    """Who changes something, and the request by which the logs tell more."""

    who: str
    trace_id: str = ""


@dataclass(frozen=True)
class Difference:
    """The changed fields alone, by column, and what followed."""

    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    touched: Touched = field(default_factory=Touched)


def record(subject: Owned, action: Action, actor: Actor, difference: Difference) -> None:
    Change.objects.create(
        partner_id=subject.owner_id,
        subject=str(subject._meta.model_name),
        subject_id=str(subject.pk),
        action=action,
        who=actor.who,
        trace_id=actor.trace_id,
        before=dict(difference.before),
        after=dict(difference.after),
        touched=difference.touched._asdict() if any(difference.touched) else {},
    )
