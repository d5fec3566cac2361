"""Benchmarks: what the bulk path, the evaluators and a start cost. They measure; they assert no times."""
