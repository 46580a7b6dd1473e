from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Writes go on while the indexes are built, so each may wait for them as long as it takes."""

    atomic = False

    dependencies = [
        ('entities', '0003_remember_removed_records'),
    ]

    operations = [
        migrations.RunSQL('SET lock_timeout = 0', 'RESET lock_timeout'),
        AddIndexConcurrently('company', models.Index(fields=['changed_epoch', 'changed_in', 'id'], name='entities_co_changed_e942b9_idx')),
        AddIndexConcurrently('order', models.Index(fields=['changed_epoch', 'changed_in', 'id'], name='entities_or_changed_4415bf_idx')),
        AddIndexConcurrently('partnersale', models.Index(fields=['changed_epoch', 'changed_in', 'id'], name='entities_pa_changed_60b58a_idx')),
        AddIndexConcurrently('partnerstock', models.Index(fields=['changed_epoch', 'changed_in', 'id'], name='entities_pa_changed_35ac09_idx')),
        AddIndexConcurrently('person', models.Index(fields=['changed_epoch', 'changed_in', 'id'], name='entities_pe_changed_726fa4_idx')),
        AddIndexConcurrently('physicallocation', models.Index(fields=['changed_epoch', 'changed_in', 'id'], name='entities_ph_changed_cdfafb_idx')),
        AddIndexConcurrently('product', models.Index(fields=['changed_epoch', 'changed_in', 'id'], name='entities_pr_changed_99e960_idx')),
        migrations.RunSQL('RESET lock_timeout', 'SET lock_timeout = 0'),
    ]
