from django.db import migrations

# Where a database sorts by code point, the unique index of a key answers LIKE as well.
DROP = """
    DO $$ DECLARE name text; BEGIN
        IF (SELECT datlocprovider = 'b' OR (datlocprovider = 'c' AND datcollate IN ('C', 'POSIX'))
            FROM pg_database WHERE datname = current_database())
        THEN
            FOR name IN SELECT indexrelid::regclass::text FROM pg_index
                JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_opclass ON pg_opclass.oid = indclass[0]
                WHERE relname LIKE 'entities\\_%\\_like' AND opcname IN ('varchar_pattern_ops', 'text_pattern_ops')
                AND relnamespace = current_schema()::regnamespace
            LOOP EXECUTE 'DROP INDEX ' || name; END LOOP;
        END IF;
    END $$;
"""


class Migration(migrations.Migration):
    """Its reversal leaves them dropped: nothing is missed."""

    dependencies = [
        ('entities', '0005_index_deleted_records'),
    ]

    operations = [
        migrations.RunSQL(DROP, migrations.RunSQL.noop),
    ]
