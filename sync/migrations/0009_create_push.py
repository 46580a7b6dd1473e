import connector.edge.encryption
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sync', '0008_switch_pushes'),
    ]

    operations = [
        migrations.CreateModel(
            name='Push',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('leased_until', models.DateTimeField(null=True)),
                ('token', models.UUIDField(null=True)),
                ('tries', models.SmallIntegerField(default=0)),
                ('reason', models.CharField(max_length=200)),
                ('entity', models.CharField(max_length=63)),
                ('record_key', models.CharField(max_length=255)),
                ('state', models.CharField(choices=[('waiting', 'The record has changed, and is sent when it is due'), ('sent', 'Dsync has the record as it is'), ('dead', "Refused or failed for good; the record's later changes wait for a person"), ('skipped', "Given up by a person; the record's next change is sent")], max_length=16)),
                ('due_at', models.DateTimeField(help_text='When it is sent next; empty where nothing waits.', null=True)),
                ('version', models.IntegerField(help_text='How often a change asked for it.')),
                ('is_known', models.BooleanField(help_text='Dsync has this record: it is sent by PUT, else by POST.')),
                ('sent_at', models.DateTimeField(help_text='When Dsync last took it.', null=True)),
            ],
            options={
                'verbose_name_plural': 'pushes',
            },
        ),
        migrations.CreateModel(
            name='PushPause',
            fields=[
                ('entity', models.CharField(max_length=63, primary_key=True, serialize=False)),
                ('failures', models.IntegerField(help_text='How often in a row it began anew.')),
                ('until', models.DateTimeField()),
                ('reason', models.CharField(max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name='PushToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entity', models.CharField(blank=True, max_length=63, unique=True)),
                ('token', connector.edge.encryption.EncryptedTextField()),
                ('set_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.AddIndex(
            model_name='push',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['entity', 'due_at'], name='sync_push_due'),
        ),
        migrations.AddIndex(
            model_name='push',
            index=models.Index(condition=models.Q(('state', 'sent'), _negated=True), fields=['state', 'id'], name='sync_push_not_sent'),
        ),
        migrations.AddConstraint(
            model_name='push',
            constraint=models.UniqueConstraint(fields=('entity', 'record_key'), name='sync_push_of_record'),
        ),
        migrations.AddConstraint(
            model_name='push',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'sent', 'dead', 'skipped'])), name='sync_push_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='push',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('due_at__isnull', False), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('due_at__isnull', True)), _connector='OR'), name='sync_push_due_iff_waiting'),
        ),
    ]
