from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sync', '0010_note_how_far_transactions_are'),
    ]

    operations = [
        migrations.AddField(
            model_name='walk',
            name='epoch',
            field=models.IntegerField(db_default=0, help_text='The epoch in which it opened.'),
        ),
        migrations.AddField(
            model_name='walk',
            name='log_position',
            field=models.CharField(db_default='0/0', help_text='What a replica must have to serve it.', max_length=20),
        ),
        migrations.AddField(
            model_name='walk',
            name='opened_before',
            field=models.BigIntegerField(db_default=0, help_text='Transactions before this one had ended by then.'),
        ),
    ]
