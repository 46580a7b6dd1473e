from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sync', '0006_add_pulls'),
    ]

    operations = [
        migrations.AddField(
            model_name='delivery',
            name='is_local',
            field=models.BooleanField(db_default=False, help_text='It is a change of ours, not one that Dsync sent.'),
        ),
    ]
