from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sync', '0002_index_dead_deliveries'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='followup',
            index=models.Index(condition=models.Q(('due_at__isnull', True)), fields=['id'], name='sync_follow_up_given_up'),
        ),
    ]
