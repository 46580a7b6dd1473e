from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    """Writes go on while the indexes are built, so each may wait for them as long as it takes."""

    atomic = False

    dependencies = [
        ('datasources', '0006_let_imports_outlive_their_runs'),
    ]

    operations = [
        migrations.RunSQL('SET lock_timeout = 0', 'RESET lock_timeout'),
        AddIndexConcurrently('recipient', models.Index(Lower('email'), name='recipient_of_email')),
        migrations.RunSQL('RESET lock_timeout', 'SET lock_timeout = 0'),
    ]
