from django.db import migrations

# Nobody changes an entry, and only pruning by age, which says so for its own transaction, deletes any.
KEEP = """
    CREATE FUNCTION edge_keep_audit_entry() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND current_setting('connector.prunes_audit', true) = 'on' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'The audit log is only ever added to.' USING ERRCODE = 'restrict_violation';
    END $$;
    CREATE TRIGGER edge_keep_audit_entry BEFORE UPDATE OR DELETE ON edge_auditentry
        FOR EACH ROW EXECUTE FUNCTION edge_keep_audit_entry();
"""
LET_GO = """
    DROP TRIGGER edge_keep_audit_entry ON edge_auditentry;
    DROP FUNCTION edge_keep_audit_entry();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('edge', '0007_create_audit_entry'),
    ]

    operations = [migrations.RunSQL(KEEP, LET_GO)]
