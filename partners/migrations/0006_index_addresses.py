from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    """Writes go on while the indexes are built, so each may wait for them as long as it takes."""

    atomic = False

    dependencies = [
        ('partners', '0005_record_deletions'),
    ]

    operations = [
        migrations.RunSQL('SET lock_timeout = 0', 'RESET lock_timeout'),
        AddIndexConcurrently('contact', models.Index(Lower('value'), condition=models.Q(type='email'), name='contact_of_email')),
        AddIndexConcurrently('member', models.Index(Lower('email'), name='member_of_email')),
        migrations.RunSQL('RESET lock_timeout', 'SET lock_timeout = 0'),
    ]
