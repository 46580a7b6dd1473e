"""The form of a data source: secrets go in and never come out, and the rules are those of the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet

from datasources.api import readers
from datasources.idling import allow_idling
from datasources.models import DataSource
from datasources.models.data_source import SECRETS
from datasources.sources import FRESH, IDENTITY, host_faults, key_faults, mapping_faults
from partners.fields.readers import Reader, Unfit
from partners.models import Touchpoint

if TYPE_CHECKING:
    from django.forms import ModelChoiceField, PasswordInput, Select, Textarea
    from django.forms import ModelForm as BaseForm

    ModelForm = BaseForm[DataSource]
    ChoiceField = ModelChoiceField[Touchpoint]
else:
    from django.forms import ModelChoiceField as ChoiceField
    from django.forms import ModelForm
    from unfold.widgets import UnfoldAdminPasswordWidget as PasswordInput
    from unfold.widgets import UnfoldAdminSelectWidget as Select
    from unfold.widgets import UnfoldAdminTextareaWidget as Textarea

STAYS = "What is stored is not shown; leave it empty to keep it."
JUDGED: Mapping[str, Reader] = {
    "user": readers.printable(255),
    "working_directory": readers.working_directory,
    "column_mapping": readers.column_mapping,
    "file_patterns": readers.file_patterns,
    "date_format": readers.date_format,
}
FIELD_OF = {
    "host": "host",
    "privateKeyFile": "private_key_file",
    "passphrase": "passphrase",
    "columnMapping": "column_mapping",
}


class TouchpointField(ChoiceField):
    """A touchpoint, which is of one partner; the source is then that partner's too."""

    def label_from_instance(self, obj: Touchpoint) -> str:
        return f"{obj.partner}: {obj.code}"


def touchpoints() -> QuerySet[Touchpoint]:
    return Touchpoint.objects.select_related("partner").order_by("partner__name", "code")


class DataSourceForm(ModelForm):
    touchpoint = TouchpointField(touchpoints(), widget=Select)
    password = forms.CharField(required=False, widget=PasswordInput, help_text=STAYS, strip=False)
    private_key_file = forms.CharField(required=False, widget=Textarea, help_text=f"The text of the key. {STAYS}")
    passphrase = forms.CharField(required=False, widget=PasswordInput, help_text=STAYS, strip=False)

    class Meta:
        model = DataSource
        fields = (
            *("touchpoint", "active", "every_minutes", "silent_days"),
            *("data_source_type", "host", "region", "working_directory"),
            *("user", "authentication_type", *SECRETS),
            *("processor_type", "file_import_type", "amount_calculated", "reprocessing_days", "file_patterns"),
            *("column_mapping", "date_format", "decimal_comma"),
        )

        labels = {"every_minutes": "Run every so many minutes", "silent_days": "Silent after days"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(dict.fromkeys(SECRETS, ""))

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        self.keep_secrets(values)
        for name, read in JUDGED.items():
            self.judge(name, read, values)
        allow_idling()  # The page has a transaction, and some keys take seconds to be opened.
        for fault in [*host_faults(values), *key_faults(self.instance, values), *mapping_faults(values)]:
            self.add_error(FIELD_OF.get(fault.treekey, "authentication_type"), fault.message)
        return values

    def keep_secrets(self, values: dict[str, Any]) -> None:
        for name in SECRETS:
            values[name] = values.get(name) or (getattr(self.instance, name) if self.instance.pk else "") or ""
        if not values["password"] and values.get("authentication_type") == "PASSWORD":
            self.add_error("password", "A password is required.")

    def judge(self, name: str, read: Reader, values: dict[str, Any]) -> None:
        if values.get(name) in (None, "", {}):
            return
        try:
            values[name] = read(values[name])
        except Unfit as exc:
            for breach in exc.breaches:
                self.add_error(name, f"It {breach.rule}.")

    def save(self, commit: bool = True) -> DataSource:  # noqa: FBT001, FBT002 (Django's)
        """Let a changed source begin anew, with whatever server it names now."""
        source: DataSource = self.instance
        source.partner_id = source.touchpoint.partner_id
        if any(name in self.changed_data for name in IDENTITY):
            source.host_key = None
        for name, value in FRESH.items():
            setattr(source, name, value)
        saved: DataSource = super().save(commit)
        return saved
