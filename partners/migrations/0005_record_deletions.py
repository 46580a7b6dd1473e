from __future__ import annotations

from django.db import migrations, models

ACTIONS = [("created", "Created"), ("updated", "Updated"), ("archived", "Archived"), ("deleted", "Deleted")]


class Migration(migrations.Migration):
    dependencies = [("partners", "0004_leave_room_for_cascades")]

    operations = [
        migrations.AlterField(
            model_name="change", name="action", field=models.CharField(choices=ACTIONS, max_length=16)
        ),
        migrations.AlterField(
            model_name="change",
            name="subject",
            field=models.CharField(help_text="What was changed: the partner, or what of it.", max_length=16),
        ),
        migrations.AlterField(
            model_name="change",
            name="who",
            field=models.CharField(
                help_text="The client by its token, a login, or a user of the admin.", max_length=255
            ),
        ),
        migrations.AlterField(
            model_name="change",
            name="trace_id",
            field=models.CharField(help_text="The request in the logs; empty where there was none.", max_length=36),
        ),
    ]
