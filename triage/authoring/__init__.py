"""Authoring: helps the authors of a knowledge base to begin one, to write cases, and to find mistakes.

In come a knowledge base and the cases of its folder. Out go drafts of rules and cases, case files with added
or updated cases, a starting knowledge base, and, from `lint`, flaws with their places. Nothing here writes a
file or decides what a rule should say.
"""
