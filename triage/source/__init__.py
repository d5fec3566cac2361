"""The bottom of the house: files and folders as the system has them, before anybody knows what they mean.

In comes a path, as a person or another room named it. Out goes what stands there: the entries of a folder,
all of them, with what is wrong with each; or a file that has been written whole. Whoever writes a file
anywhere in this package writes it here.

It imports nothing of triage. It prints nothing, parses nothing, and never passes over anything in silence.
"""
