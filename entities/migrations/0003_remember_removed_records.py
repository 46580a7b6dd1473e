import django.db.models.functions.datetime
import entities.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('entities', '0002_place_changes_in_an_epoch'),
    ]

    operations = [
        migrations.CreateModel(
            name='Tombstone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entity', models.CharField(max_length=63)),
                ('key', models.TextField()),
                ('record', models.BigIntegerField(help_text='The identity that the record had.')),
                ('changed_epoch', models.IntegerField(db_default=entities.fields.CurrentEpoch(), editable=False)),
                ('changed_in', entities.fields.TransactionIdField()),
                ('deleted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                'indexes': [models.Index(fields=['entity', 'changed_epoch', 'changed_in', 'record'], name='entities_tombstone_changes')],
            },
        ),
    ]
