"""Bulk: evaluates many cases in one stream, block by block, in one process or many.

In come inputs and the settings of a run. Out go the counts, and the bytes of records in the order of the
input, the same for all block sizes and numbers of processes. A block is decoded (`decoding`) and assessed as
columns of bits; cases that cannot be decoded go one by one through `evaluation`. Nothing here holds a whole
run in memory. Where experta checks a case and differs, the run stops.
"""
