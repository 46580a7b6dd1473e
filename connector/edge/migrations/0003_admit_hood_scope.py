from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('edge', '0002_add_tenant_to_token'),
    ]

    operations = [
        migrations.AlterField(
            model_name='token',
            name='scope',
            field=models.CharField(choices=[('read', 'Read: data layout, mass synchronisation, deliveries'), ('write', 'Write: everything that read may, and entities, notifications and jobs'), ('hood', 'Hood: the partner contract, with the data of one tenant')], default='write', max_length=16),
        ),
        migrations.RemoveConstraint(
            model_name='token',
            name='edge_token_scope_is_known',
        ),
        migrations.AddConstraint(
            model_name='token',
            constraint=models.CheckConstraint(condition=models.Q(('scope__in', ['read', 'write', 'hood'])), name='edge_token_scope_is_known'),
        ),
    ]
