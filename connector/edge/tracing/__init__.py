"""Traces for OpenTelemetry, where the standard variables name an endpoint; else nothing of it is even imported."""
