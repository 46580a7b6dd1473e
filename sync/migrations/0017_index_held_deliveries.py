from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Writes go on while the index is built, so it may wait for them as long as it takes: cut off it would stay invalid."""

    atomic = False

    dependencies = [
        ('sync', '0016_let_switches_set_limits'),
    ]

    operations = [
        migrations.RunSQL('SET lock_timeout = 0', 'RESET lock_timeout'),
        AddIndexConcurrently(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'held')), fields=['entity', 'id'], name='sync_delivery_held'),
        ),
        migrations.RunSQL('RESET lock_timeout', 'SET lock_timeout = 0'),
    ]
