"""Cluster: shares a run among the workers of dask, in parts that are made once and whole.

In come names of inputs, by path or by URL, and the settings of a run. Out go parts, which joined in order
have the bytes that one process writes, and a manifest that says what they were made from. Only `bulk`
assesses cases and writes records. No finished part is made again.
"""
