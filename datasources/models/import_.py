from __future__ import annotations

from typing import Any

import structlog
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from datasources import counters
from datasources.models.data_source import DataSource, FileImportType, ProcessorType
from datasources.models.run import Run
from partners.models import Partner

log = structlog.get_logger(__name__)


class FileType(models.TextChoices):
    CSV = "CSV", "Text, its columns apart by a comma, semicolon, tab or bar"
    EXCEL = "EXCEL", "An Excel workbook (xlsx), of which the first sheet is read"


class ImportState(models.IntegerChoices):
    """The states of the contract, with its ids."""

    WAITING = 1, "Waiting: to be fetched and looked through"
    PROCESSING = 2, "Processing: its rows are imported, chunk by chunk"
    PROCESSED = 3, "Processed: it has come to its end"
    BAD_FORMAT = 4, "Error in file format: nothing of it was imported"
    PENDING = 5, "Configuration pending: held until a person lets it go on"
    CANCELLED = 6, "Cancelled: a person ended it; what was imported before stays"


UNFINISHED = (ImportState.WAITING, ImportState.PROCESSING)
ENDED = (ImportState.PROCESSED, ImportState.BAD_FORMAT, ImportState.CANCELLED)
READ_AS = (
    "processor_type",
    "file_import_type",
    "amount_calculated",
    "column_mapping",
    "date_format",
    "decimal_comma",
    "file_patterns",
)


class ImportQuerySet(models.QuerySet["Import"]):
    def of_partner(self, partner_id: int) -> ImportQuerySet:
        return self.filter(partner_id=partner_id)

    def unfinished(self) -> ImportQuerySet:
        return self.filter(state__in=UNFINISHED)

    def ended(self) -> ImportQuerySet:
        return self.filter(state__in=ENDED)


class Import(models.Model):
    """What becomes of one file. How it is read is copied from its source, so that it ends as it began.

    At every moment rows = rows_ok + rows_with_errors + rows_skipped; the next chunk begins at `offset`.
    """

    partner = models.ForeignKey(
        Partner, on_delete=models.CASCADE, null=True, related_name="imports", help_text="Empty: a person of ours asked."
    )
    asked_by = models.CharField(max_length=150, blank=True, default="", help_text="Who of ours, where no partner is.")
    run = models.ForeignKey(
        Run, on_delete=models.SET_NULL, null=True, related_name="imports", help_text="Empty: too long ago."
    )
    data_source = models.ForeignKey(DataSource, on_delete=models.SET_NULL, null=True, related_name="imports")
    name = models.CharField(max_length=255)
    file_name = models.CharField(max_length=255, help_text="As text that is safe to show.")
    file_type = models.CharField(max_length=8, choices=FileType, default=FileType.CSV)
    file_size = models.BigIntegerField(default=0, help_text="In bytes.")
    remote_path = models.TextField(blank=True, default="", help_text="What names it at its source.")
    remote_size = models.BigIntegerField(null=True)
    remote_modified = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True, default="", help_text="SHA-256 of the file as it came.")
    is_again = models.BooleanField(default=False, help_text="It is read although its content was imported before.")

    processor_type = models.PositiveIntegerField(choices=ProcessorType, null=True)
    entity = models.CharField(max_length=63, blank=True, default="", help_text="What its rows become.")
    file_import_type = models.CharField(max_length=16, choices=FileImportType, null=True)
    amount_calculated = models.BooleanField(default=False)
    column_mapping = models.JSONField(default=dict)
    date_format = models.CharField(max_length=64, blank=True, default="")
    decimal_comma = models.BooleanField(default=False)
    file_patterns = models.JSONField(default=dict)
    delimiter = models.CharField(max_length=1, blank=True, default="")
    encoding = models.CharField(max_length=32, blank=True, default="", help_text="In which it came.")
    unknown_columns = models.JSONField(default=list, help_text="Columns that nothing is made of.")

    preview = models.JSONField(null=True, help_text="What a person's file would do, as it was tried.")

    state = models.PositiveSmallIntegerField(choices=ImportState, default=ImportState.WAITING)
    reason = models.CharField(max_length=500, blank=True, default="", help_text="Why it is as it is, for a person.")
    is_released = models.BooleanField(default=False, help_text="A person let it go on although it was held.")
    rows = models.BigIntegerField(default=0)
    rows_ok = models.BigIntegerField(default=0)
    rows_with_errors = models.BigIntegerField(default=0)
    rows_skipped = models.BigIntegerField(default=0)
    rows_changed = models.BigIntegerField(default=0, help_text="Good rows that made or changed a record.")
    total_to_process = models.BigIntegerField(default=0)
    offset = models.BigIntegerField(default=0, help_text="Where in the copy that is read the next chunk begins.")
    position = models.BigIntegerField(default=0, help_text="The number of the row that was read last; 1 is the header.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    modified_at = models.DateTimeField(db_default=Now(), editable=False)
    import_date = models.DateTimeField(null=True, editable=False, help_text="When it ended.")
    forgotten_at = models.DateTimeField(null=True, editable=False, help_text="When its rejects and file were removed.")

    objects = ImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="import_state_is_known"),
            models.CheckConstraint(
                condition=Q(rows=F("rows_ok") + F("rows_with_errors") + F("rows_skipped")),
                name="import_rows_are_accounted_for",
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "-created_at", "-id"], name="import_of_partner"),
            models.Index(fields=["partner", "digest"], condition=~Q(digest=""), name="import_of_content"),
            models.Index(fields=["import_date"], condition=Q(forgotten_at=None), name="import_to_forget"),
        ]

    def __str__(self) -> str:
        return f"{self.id}: {self.file_name}"

    @classmethod
    def of_source(cls, source: DataSource, **fields: Any) -> Import:
        """Return a new import of a file of this source, to be saved."""
        read_as = {name: getattr(source, name) for name in READ_AS}
        return cls(partner_id=source.partner_id, data_source=source, **read_as, **fields)

    @property
    def party(self) -> Partner:
        """The partner whose file it is; of a person's there is none."""
        assert self.partner is not None  # noqa: S101 (whoever asks has a partner's import)
        return self.partner

    @property
    def percentage_processed(self) -> int:
        if self.total_to_process:
            return min(100, self.rows * 100 // self.total_to_process)
        return 100 if self.state == ImportState.PROCESSED else 0

    @property
    def is_finished(self) -> bool:
        return self.state not in UNFINISHED

    def move(self, *states: ImportState, **changes: Any) -> bool:
        """Change the row while it is in one of these states; tell whether it was."""
        found = Import.objects.filter(pk=self.pk, state__in=states)
        moved = found.update(**{"modified_at": Now(), **changes}) == 1
        self.refresh_from_db()
        return moved

    def end(self, state: ImportState, reason: str = "") -> bool:
        """End it, unless it has ended already; tell whether this ended it."""
        ended = self.move(*UNFINISHED, ImportState.PENDING, state=state, reason=reason[:500], import_date=Now())
        if ended:
            transaction.on_commit(self.tell_of_end)
        return ended

    def tell_of_end(self) -> None:
        state = ImportState(self.state).name.lower()
        counters.imports.labels(state).inc()
        counts = {"rows": self.rows, "rows_ok": self.rows_ok, "rows_with_errors": self.rows_with_errors}
        log.info("import_ended", number=self.pk, run=self.run_id, state=state, **counts)
