from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sync', '0009_create_push'),
    ]

    operations = [
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True)),
                ('epoch', models.IntegerField()),
                ('xid', models.BigIntegerField()),
            ],
        ),
    ]
