"""Decoding: turns the texts of a block of cases into bits of answers.

In come lines of a file. Out go columns of bits, the rest of each case, and the places of the texts that this
quick reader rejects. What it reads is compared with what the strict reader reads; if the two differ, the run
stops. Nothing here assesses a case.
"""
