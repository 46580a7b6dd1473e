from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Writes go on while the indexes are built, so each may wait for them as long as it takes."""

    atomic = False

    dependencies = [
        ('entities', '0004_index_changes'),
    ]

    operations = [
        migrations.RunSQL('SET lock_timeout = 0', 'RESET lock_timeout'),
        AddIndexConcurrently('company', models.Index(fields=['id'], condition=models.Q(deleted_at__isnull=False), name='company_deleted')),
        AddIndexConcurrently('order', models.Index(fields=['id'], condition=models.Q(deleted_at__isnull=False), name='order_deleted')),
        AddIndexConcurrently('partnersale', models.Index(fields=['id'], condition=models.Q(deleted_at__isnull=False), name='partnersale_deleted')),
        AddIndexConcurrently('partnerstock', models.Index(fields=['id'], condition=models.Q(deleted_at__isnull=False), name='partnerstock_deleted')),
        AddIndexConcurrently('person', models.Index(fields=['id'], condition=models.Q(deleted_at__isnull=False), name='person_deleted')),
        AddIndexConcurrently('physicallocation', models.Index(fields=['id'], condition=models.Q(deleted_at__isnull=False), name='physicallocation_deleted')),
        AddIndexConcurrently('product', models.Index(fields=['id'], condition=models.Q(deleted_at__isnull=False), name='product_deleted')),
        migrations.RunSQL('RESET lock_timeout', 'SET lock_timeout = 0'),
    ]
