"""Population: made-up people, to try out load and coverage.

In come a knowledge base, proportions and a seed; out go lines of JSONL, one case each, the same bytes for the
same seed. Some lines are spoilt on purpose, as real files are. Nothing here reads or writes a file, and
nothing counted in a population says anything about real people.
"""
