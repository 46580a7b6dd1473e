from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0020_count_deliveries_for_ever")]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="traceparent",
            field=models.CharField(
                help_text="The span that left it behind, where traced.", max_length=55, null=True
            ),
        ),
    ]
