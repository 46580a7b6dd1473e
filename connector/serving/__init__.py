"""The web server, as far as it is ours: `deploy/gunicorn.conf.py` puts it together.

The process that starts the web server imports it, and the benchmarks serve others' applications with it, so it knows
nothing of Django and of the rooms.
"""
