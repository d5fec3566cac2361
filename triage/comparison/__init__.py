"""Comparison of two knowledge bases by meaning: who gets another disposition, or other advice.

In come two knowledge bases and known cases; out goes a `Difference`, and its report as text, as data and as
cases. Both bases run over one circuit of symbolic bits, so that a solver finds a person who shows a change,
or proves that there is none. Nothing here reads or writes a file, or judges which of the two bases is right.
"""
