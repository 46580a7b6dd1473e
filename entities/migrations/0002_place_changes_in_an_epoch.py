import entities.fields
from django.db import migrations, models

# The rows that are there are of this epoch, and the cluster is the one that this runs in.
CREATE = """
    CREATE FUNCTION connector_epoch() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE RETURN 1;
    DO $$ BEGIN
        EXECUTE format(
            'CREATE FUNCTION connector_cluster() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE RETURN %L',
            concat_ws('/', (SELECT system_identifier FROM pg_control_system()),
                      left(pg_walfile_name(pg_current_wal_lsn()), 8),
                      (SELECT oid FROM pg_database WHERE datname = current_database()),
                      'connector_epoch()'::regprocedure::oid)
        );
    END $$;
"""
DROP = """
    DROP FUNCTION connector_cluster();
    DROP FUNCTION connector_epoch();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('entities', '0001_create'),
    ]

    operations = [
        migrations.RunSQL(CREATE, DROP),
        migrations.AddField(
            model_name='company',
            name='changed_epoch',
            field=models.IntegerField(db_default=entities.fields.CurrentEpoch(), editable=False),
        ),
        migrations.AddField(
            model_name='order',
            name='changed_epoch',
            field=models.IntegerField(db_default=entities.fields.CurrentEpoch(), editable=False),
        ),
        migrations.AddField(
            model_name='partnersale',
            name='changed_epoch',
            field=models.IntegerField(db_default=entities.fields.CurrentEpoch(), editable=False),
        ),
        migrations.AddField(
            model_name='partnerstock',
            name='changed_epoch',
            field=models.IntegerField(db_default=entities.fields.CurrentEpoch(), editable=False),
        ),
        migrations.AddField(
            model_name='person',
            name='changed_epoch',
            field=models.IntegerField(db_default=entities.fields.CurrentEpoch(), editable=False),
        ),
        migrations.AddField(
            model_name='physicallocation',
            name='changed_epoch',
            field=models.IntegerField(db_default=entities.fields.CurrentEpoch(), editable=False),
        ),
        migrations.AddField(
            model_name='product',
            name='changed_epoch',
            field=models.IntegerField(db_default=entities.fields.CurrentEpoch(), editable=False),
        ),
    ]
