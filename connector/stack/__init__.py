"""The local stack: `python -m connector.stack run` starts all that a checkout needs and stops it again.

    __main__ -> run -> supervision -> supervisord -> postgres, valkey, dispatcher, worker, effects, beat, web

PostgreSQL and Valkey arrive as Python wheels. Production starts none of this.
"""
