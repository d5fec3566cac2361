"""Decoding: the texts of a block of cases, turned into bits of answers.

In come lines as they stand in a file. Out go rows of bits with what each case carries along, and the faults
of those that are no valid case. What is read quickly is compared with what the strict reader reads; where the
two differ, the run stops. Nothing here assesses a case.
"""
