from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('edge', '0003_admit_hood_scope'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='token',
            constraint=models.CheckConstraint(condition=models.Q(('scope__in', ['hood']), ('tenant', ''), _connector='XOR'), name='edge_token_tenant_fits_scope'),
        ),
    ]
