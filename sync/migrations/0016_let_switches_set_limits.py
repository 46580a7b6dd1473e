from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sync', '0015_count_deletes'),
    ]

    operations = [
        migrations.AddField(
            model_name='switch',
            name='delete_limit',
            field=models.PositiveIntegerField(blank=True, help_text="Deletes within the guard's window that pass; 0: any number, empty: as set.", null=True),
        ),
        migrations.AddField(
            model_name='switch',
            name='silent_hours',
            field=models.PositiveIntegerField(blank=True, help_text='Hours without a word after which it is silent; 0: never, empty: as set.', null=True),
        ),
    ]
