from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Now

from connector.edge.encryption import EncryptedTextField
from partners.models import Partner, Touchpoint


class ProcessorType(models.IntegerChoices):
    """What the rows of a file become."""

    PERSON = 25000, "Persons"
    COMPANY = 25004, "Companies"
    PHYSICAL_LOCATION = 25006, "Physical locations"
    PARTNER_SALES = 25011, "Partner sales"
    PARTNER_STOCK = 25012, "Partner stock"
    ALL = 25099, "All of these, told apart by the names of the files"


class FileImportType(models.TextChoices):
    """Who owns what a file brings."""

    PARTY = "PARTY", "Party: the partner itself"
    PRINCIPAL = "PRINCIPAL", "Principal: whom each row names"


class AuthenticationType(models.TextChoices):
    PASSWORD = "PASSWORD", "Password"
    CERTIFICATE = "CERTIFICATE", "Private key"


class DataSourceType(models.TextChoices):
    FTP = "FTP", "FTP, with TLS where the server offers it"
    SFTP = "SFTP", "SFTP"
    S3 = "S3", "S3, of any endpoint"


SECRETS = ("password", "private_key_file", "passphrase")


class DataSourceQuerySet(models.QuerySet["DataSource"]):
    def without_secrets(self) -> DataSourceQuerySet:
        """Return rows whose secrets are not even read: whoever does not dial can do without the key to them."""
        return self.defer(*SECRETS)

    def of_partner(self, partner_id: int) -> DataSourceQuerySet:
        return self.filter(partner_id=partner_id)

    def due(self) -> DataSourceQuerySet:
        """Return those that a schedule may run: neither switched off nor paused, and of an active partner."""
        return self.filter(active=True, paused_at=None, partner__status="active", partner__archived=False)


class DataSource(models.Model):
    """A folder of a partner on a server of theirs, and how its files are read."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="data_sources")
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.PROTECT, related_name="data_sources")
    data_source_type = models.CharField(max_length=8, choices=DataSourceType)
    host = models.CharField(max_length=300, help_text="Name or address, optionally with a port: [::1]:22.")
    user = models.CharField(max_length=255)
    authentication_type = models.CharField(max_length=16, choices=AuthenticationType)
    password = EncryptedTextField()
    private_key_file = EncryptedTextField(default="", blank=True, help_text="The text of the key; empty: none.")
    passphrase = EncryptedTextField(default="", blank=True)
    region = models.CharField(max_length=64, null=True, blank=True)
    working_directory = models.CharField(max_length=1024, help_text="Absolute; of S3 /bucket/prefix.")
    processor_type = models.PositiveIntegerField(choices=ProcessorType)
    file_import_type = models.CharField(max_length=16, choices=FileImportType, null=True, blank=True)
    amount_calculated = models.BooleanField(
        default=False, help_text="Whether an amount is the line's total already; else it is taken times the quantity."
    )
    reprocessing_days = models.IntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(-1)],
        help_text="Files changed in so many last days are read again: -1 always, empty never.",
    )
    active = models.BooleanField(default=True)

    column_mapping = models.JSONField(
        default=dict, blank=True, help_text='Our columns by theirs: {"transactionId": "InvoiceNo+StockCode"}.'
    )
    date_format = models.CharField(max_length=64, blank=True, default="", help_text="As strptime's; empty: ISO 8601.")
    decimal_comma = models.BooleanField(default=False, help_text="Whether 1.234,5 is a number.")
    file_patterns = models.JSONField(
        default=dict, blank=True, help_text='Of processor 25099: {"25011": "sales*.csv", "25012": "stock*"}.'
    )

    silent_days = models.PositiveIntegerField(
        null=True, blank=True, help_text="Days without a new file after which it is silent; 0: never, empty: as set."
    )
    every_minutes = models.PositiveIntegerField(default=60, validators=[MinValueValidator(1)])
    last_running_time = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False, help_text="In a row.")
    next_try_at = models.DateTimeField(null=True, editable=False, help_text="Not before this, after a failure.")
    paused_at = models.DateTimeField(null=True, editable=False)
    paused_reason = models.CharField(max_length=500, blank=True, default="", editable=False)
    host_key = models.TextField(null=True, editable=False, help_text="Of an SFTP server, from the first connection.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = DataSourceQuerySet.as_manager()

    class Meta:
        permissions = [("set_credentials", "Can set where data sources are, and by what they are opened")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(processor_type__in=ProcessorType.values), name="data_source_processor_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(data_source_type__in=DataSourceType.values), name="data_source_type_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(authentication_type__in=AuthenticationType.values),
                name="data_source_authentication_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(file_import_type=None) | models.Q(file_import_type__in=FileImportType.values),
                name="data_source_import_type_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.data_source_type} {self.host}{self.working_directory}"

    @property
    def owner_id(self) -> int:
        """The partner that it hangs on."""
        return self.partner_id
