"""Evaluation: one outcome a case, its record, and what is counted of many.

In come cases as they were read. Out go outcomes, invalid cases included; records of them in every format
(`records`); and the counts of a run, as lines and as a page. A case that both evaluators assess, and on which
they differ, is told as a mismatch. Nothing here opens an input or writes a file.
"""
