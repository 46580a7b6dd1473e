from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("datasources", "0004_keep_runs_of_removed_sources")]

    operations = [
        migrations.AddField(
            model_name="import",
            name="forgotten_at",
            field=models.DateTimeField(editable=False, help_text="When its rejects and file were removed.", null=True),
        ),
        migrations.AddIndex(
            model_name="import",
            index=models.Index(
                condition=models.Q(("forgotten_at", None)), fields=["import_date"], name="import_to_forget"
            ),
        ),
    ]
