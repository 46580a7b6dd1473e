import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('edge', '0004_require_tenant_by_scope'),
    ]

    operations = [
        migrations.CreateModel(
            name='Allowance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(max_length=16)),
                ('tenant', models.CharField(max_length=64)),
                ('burst', models.PositiveIntegerField(help_text='Calls within a second.', validators=[django.core.validators.MinValueValidator(1)])),
                ('steady', models.PositiveIntegerField(help_text='Calls within a minute.', validators=[django.core.validators.MinValueValidator(1)])),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('scope', 'tenant'), name='edge_allowance_is_of_one_account'), models.CheckConstraint(condition=models.Q(('burst__gte', 1), ('steady__gte', 1)), name='edge_allowance_allows_calls')],
            },
        ),
    ]
