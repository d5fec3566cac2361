"""Batch: reading cases, checking them, and writing one record a case."""
