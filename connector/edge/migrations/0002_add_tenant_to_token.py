from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('edge', '0001_create'),
    ]

    operations = [
        migrations.AddField(
            model_name='token',
            name='tenant',
            field=models.CharField(blank=True, db_default='', default='', help_text='Whose data it opens, as the room that keeps the data calls it; empty: all.', max_length=64),
        ),
    ]
