from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sync', '0014_count_traffic'),
    ]

    operations = [
        migrations.CreateModel(
            name='Deletes',
            fields=[
                ('entity', models.CharField(max_length=63, primary_key=True, serialize=False)),
                ('began_at', models.DateTimeField(help_text='When the window began: with the first delete after the last one was over.')),
                ('deletes', models.BigIntegerField(help_text='How many came since, with those that are held.')),
            ],
            options={
                'verbose_name_plural': 'deletes',
            },
        ),
    ]
