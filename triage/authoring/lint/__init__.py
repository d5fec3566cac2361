"""Lint beyond a single file: checks whom the rules can reach, how texts read, and what the cases hold.

In come a knowledge base that loads, with its files, or the cases of one; out come flaws, each at its place.
Nothing here changes a file.
"""
