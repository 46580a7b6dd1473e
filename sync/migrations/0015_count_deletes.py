from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sync', '0014_count_traffic'),
    ]

    operations = [
        migrations.CreateModel(
            name='Deletes',
            fields=[
                ('pk', models.CompositePrimaryKey('entity', 'part', blank=True, editable=False, primary_key=True, serialize=False)),
                ('entity', models.CharField(max_length=63)),
                ('part', models.SmallIntegerField()),
                ('stretch', models.BigIntegerField(help_text='Which stretch of time it counts, from the epoch on.')),
                ('deletes', models.BigIntegerField()),
            ],
            options={
                'verbose_name_plural': 'deletes',
            },
        ),
    ]
