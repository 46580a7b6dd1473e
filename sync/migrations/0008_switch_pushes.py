from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sync', '0007_mark_local_deliveries'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='switch',
            name='sync_switch_mode_is_known',
        ),
        migrations.AddField(
            model_name='switch',
            name='is_pushed',
            field=models.BooleanField(db_default=False, help_text='Whether local changes go to Dsync.'),
        ),
        migrations.AlterField(
            model_name='switch',
            name='mode',
            field=models.CharField(blank=True, choices=[('inline', 'A write is applied before it is answered (201, 200)'), ('deferred', 'A write is stored and answered 202, and applied later'), ('refuse', 'No write is taken (503); reading goes on')], help_text='Empty: as declared.', max_length=16),
        ),
        migrations.AddConstraint(
            model_name='switch',
            constraint=models.CheckConstraint(condition=models.Q(('mode__in', ['', 'inline', 'deferred', 'refuse'])), name='sync_switch_mode_is_known'),
        ),
    ]
