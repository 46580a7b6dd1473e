import connector.edge.networks
import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    accepted_risks = {'constraint-missing-not-valid': 'A client is who sends: there are tens of them.'}

    dependencies = [
        ('edge', '0009_create_second_factor'),
    ]

    operations = [
        migrations.AddField(
            model_name='client',
            name='burst',
            field=models.PositiveIntegerField(blank=True, help_text="Calls of Dsync's routes within a second; empty: any number.", null=True, validators=[django.core.validators.MinValueValidator(1)]),
        ),
        migrations.AddField(
            model_name='client',
            name='networks',
            field=models.CharField(blank=True, db_default='', default='', help_text='From where its tokens are taken, separated by commas, such as 192.0.2.0/24; empty: from anywhere.', max_length=1000, validators=[connector.edge.networks.validate_networks]),
        ),
        migrations.AddField(
            model_name='client',
            name='steady',
            field=models.PositiveIntegerField(blank=True, help_text="Calls of Dsync's routes within a minute; empty: any number.", null=True, validators=[django.core.validators.MinValueValidator(1)]),
        ),
        migrations.AddConstraint(
            model_name='client',
            constraint=models.CheckConstraint(condition=models.Q(('burst', None), ('burst__gte', 1), _connector='OR'), name='edge_client_burst_allows_calls'),
        ),
        migrations.AddConstraint(
            model_name='client',
            constraint=models.CheckConstraint(condition=models.Q(('steady', None), ('steady__gte', 1), _connector='OR'), name='edge_client_steady_allows_calls'),
        ),
    ]
