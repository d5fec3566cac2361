"""Cluster: a run shared among the workers of dask, in parts that are made once and whole.

In come names of inputs, by path or by URL, and the settings of a run. Out go parts, whose bytes in order are
those that one process writes, and a manifest that tells what they were made of. Nothing here assesses a case
or writes a record otherwise than `bulk` does, and no finished part is made again.
"""
