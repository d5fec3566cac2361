"""Evaluation: the outcome of each case, its record, and the counts of a run.

In come cases as they were read. Out go outcomes, also of invalid cases; their records in every format
(`records`); and the counts of a run, as lines and as a page. Where both evaluators assess a case and differ,
a `Mismatch` is raised. Nothing here opens an input or writes a file.
"""
