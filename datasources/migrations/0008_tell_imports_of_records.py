import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('datasources', '0007_index_addresses'),
    ]

    operations = [
        migrations.CreateModel(
            name='Portion',
            fields=[
                ('number', models.BigIntegerField(help_text='One of the numbers that deliveries have.', primary_key=True, serialize=False)),
                ('first_row', models.BigIntegerField(help_text='As a spreadsheet counts them: 1 is the header.')),
                ('last_row', models.BigIntegerField()),
                ('of_import', models.ForeignKey(db_column='import_id', on_delete=django.db.models.deletion.CASCADE, related_name='portions', to='datasources.import')),
            ],
        ),
    ]
