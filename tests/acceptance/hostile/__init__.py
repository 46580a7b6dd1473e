"""A deployer's application that does harm when a test orders it: it kills and stops its own process, or fails.

A stack runs with it under `DJANGO_SETTINGS_MODULE=tests.acceptance.hostile.settings`.
"""
