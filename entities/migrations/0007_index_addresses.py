from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    """Writes go on while the indexes are built, so each may wait for them as long as it takes."""

    atomic = False

    dependencies = [
        ('entities', '0006_drop_indexes_that_others_serve'),
    ]

    operations = [
        migrations.RunSQL('SET lock_timeout = 0', 'RESET lock_timeout'),
        AddIndexConcurrently('company', models.Index(Lower('email'), name='company_of_email')),
        AddIndexConcurrently('person', models.Index(Lower('email'), name='person_of_email')),
        AddIndexConcurrently('physicallocation', models.Index(Lower('email'), name='physical_location_of_email')),
        migrations.RunSQL('RESET lock_timeout', 'SET lock_timeout = 0'),
    ]
