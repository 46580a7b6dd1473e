from django.db import migrations, models

# What was counted before and is still kept begins the counts that are never removed.
BEGIN = """
    INSERT INTO sync_traffic (minutes, start, entity, state, under_ms, deliveries)
    SELECT 0, 'epoch', entity, state, under_ms, sum(deliveries) FROM sync_traffic WHERE minutes = 60
    GROUP BY entity, state, under_ms
    ON CONFLICT (minutes, entity, start, state, under_ms) DO UPDATE SET deliveries = excluded.deliveries
"""


class Migration(migrations.Migration):
    dependencies = [("sync", "0019_create_sweep")]

    operations = [
        migrations.AlterField(
            model_name="traffic",
            name="minutes",
            field=models.SmallIntegerField(help_text="How long the stretch is; 0: for ever."),
        ),
        migrations.RunSQL(BEGIN, "DELETE FROM sync_traffic WHERE minutes = 0"),
    ]
