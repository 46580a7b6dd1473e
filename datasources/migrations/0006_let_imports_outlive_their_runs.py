from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("datasources", "0005_note_what_is_forgotten")]

    operations = [
        migrations.AlterField(
            model_name="import",
            name="run",
            field=models.ForeignKey(
                help_text="Empty: too long ago.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="imports",
                to="datasources.run",
            ),
        ),
        migrations.AddIndex(model_name="run", index=models.Index(fields=["finished_at"], name="run_by_end")),
    ]
