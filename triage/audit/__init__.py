"""The audit: how well cases test the rules, and which laws hold for every possible intake.

In come a knowledge base and valid cases. Out goes an `Audit`: coverage, mutation score and proofs; and its
reports (`reports`). Nothing here reads a case file or writes a file.
"""
