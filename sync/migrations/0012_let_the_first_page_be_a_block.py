from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sync', '0011_let_walks_tell_where_changes_begin'),
    ]

    operations = [
        migrations.AlterField(
            model_name='walkblock',
            name='number',
            field=models.IntegerField(help_text='Block 0 has page 1, block n the 1,000 pages from n*1000-998 on.'),
        ),
    ]
