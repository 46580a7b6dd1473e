"""What partners, deals and campaigns should come to, said as shortly as can be, to hold the service against."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Row:
    own: str
    under: Row | None = None
    rows: list[Row] = field(default_factory=list)
    archived: bool = False

    def __post_init__(self) -> None:
        if self.under:
            self.under.rows.append(self)

    @property
    def effective(self) -> str:
        upper = self.under.effective if self.under else "active"
        return self.own if upper == "active" else upper

    def change(self, own: str) -> bool:
        if not self.archived:
            self.own = own
        return not self.archived

    def add(self, own: str) -> bool:
        return bool(not self.archived and Row(own, self))

    def archive(self) -> bool:
        """Archive a row and, of what is under it, what may go with it; tell whether it could be."""
        is_deal = self.under is not None and self.under.under is None
        if is_deal and any(row.effective == "active" and not row.archived for row in self.rows):
            return False
        if not self.archived:
            for row in self.rows:
                if row.effective != "active":
                    row.archive()
        self.archived = True
        return True
