from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sync', '0024_let_walks_jump'),
    ]

    operations = [
        AddConstraintNotValid(
            model_name='walk',
            constraint=models.CheckConstraint(condition=models.Q(('marked_at', models.F('served_at'))), name='sync_walk_is_served_by_who_knows_marks'),
        ),
    ]
