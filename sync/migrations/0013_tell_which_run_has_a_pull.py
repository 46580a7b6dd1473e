from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sync', '0012_let_the_first_page_be_a_block'),
    ]

    operations = [
        migrations.AddField(
            model_name='pull',
            name='holder',
            field=models.UUIDField(help_text='The run that has it; empty where another one began since.', null=True),
        ),
    ]
