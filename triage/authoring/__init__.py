"""Authoring: what lint finds beyond a single file, by looking at whom the rules can reach and how texts read.

In come a knowledge base that loads, with its files, or the cases of one; out come flaws, each at its place.
Nothing here changes a file.
"""
