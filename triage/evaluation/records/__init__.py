"""Records: the output for each case, in every format and both levels of detail.

In come outcomes one by one, or the outcomes of a whole block as columns. Out go the texts of records, the
same from both. Nothing here assesses a case or writes a file.
"""
