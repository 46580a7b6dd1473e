from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('sync', '0025_leave_walks_that_jumped_to_who_knows_marks'),
    ]

    operations = [
        ValidateConstraint(model_name='walk', name='sync_walk_is_served_by_who_knows_marks'),
    ]
