"""Authoring: helps the authors of a knowledge base to begin, to write cases, and to see what they must fix.

In come a knowledge base and the cases of its folder; out go drafts of cases, files of cases with something
added or taken over, the base that a new one begins with, and, from `lint`, flaws at their places. Nothing
here writes a file, and nothing here decides what a rule should say.
"""
