"""Bulk: many cases in one stream, block by block, in one process or many.

In come inputs and the settings of a run. Out go the bytes of records in the order of the input, the same
whatever the blocks and the processes, and the counts. A block is decoded (`decoding`) and assessed as columns
of bits; what cannot be goes case by case through `evaluation`. Nothing here holds a whole run in memory, and
no case that experta would assess otherwise is passed on.
"""
