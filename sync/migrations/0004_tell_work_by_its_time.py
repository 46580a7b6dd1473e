from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Writes go on while the indexes are built anew, so each may wait for them as long as it takes."""

    atomic = False

    dependencies = [
        ('sync', '0003_index_given_up_follow_ups'),
    ]

    operations = [
        migrations.RunSQL('SET lock_timeout = 0', 'RESET lock_timeout'),
        RemoveIndexConcurrently('delivery', 'sync_delivery_ready'),
        AddIndexConcurrently('delivery', models.Index(condition=models.Q(('runnable_at__isnull', False), models.Q(('state', 'retrying'), _negated=True)), fields=['lane', 'id'], name='sync_delivery_ready')),
        RemoveIndexConcurrently('delivery', 'sync_delivery_retrying'),
        AddIndexConcurrently('delivery', models.Index(condition=models.Q(('runnable_at__isnull', False), models.Q(('state', 'accepted'), _negated=True)), fields=['lane', 'runnable_at'], name='sync_delivery_retrying')),
        RemoveIndexConcurrently('delivery', 'sync_delivery_obstacle'),
        AddIndexConcurrently('delivery', models.Index(condition=models.Q(('finished_at__isnull', True), models.Q(('runnable_at__isnull', True), models.Q(('state', 'accepted'), _negated=True), _connector='OR')), fields=['record_hash', 'id'], name='sync_delivery_obstacle')),
        RemoveIndexConcurrently('delivery', 'sync_delivery_unapplied'),
        AddIndexConcurrently('delivery', models.Index(condition=models.Q(('finished_at__isnull', True)), fields=['record_hash', 'id'], name='sync_delivery_unapplied')),
        migrations.RunSQL('RESET lock_timeout', 'SET lock_timeout = 0'),
    ]
