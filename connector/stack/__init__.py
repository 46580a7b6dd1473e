"""The local stack: `python -m connector.stack run` starts all that a checkout needs and stops it again.

    cli -> front -> supervision -> supervisord -> postgres, valkey, web, worker, beat

PostgreSQL and Valkey arrive as Python wheels. Production starts none of this.
"""
