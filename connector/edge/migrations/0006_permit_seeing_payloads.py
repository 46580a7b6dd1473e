from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('edge', '0005_create_allowance'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='client',
            options={'permissions': [('see_payloads', 'Can see what clients, partners and files sent')]},
        ),
    ]
