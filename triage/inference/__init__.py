"""Inference: answers become findings, rules fire on findings, and an assessment folds what they say.

In come a knowledge base and the answers of a person, or of a block of cases. Out comes an assessment, or the
columns of a block. It reads and writes no file, and prints nothing.
"""
