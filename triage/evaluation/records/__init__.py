"""Records: what is written of each case, in every format and either detail.

In come outcomes, or the columns that a block of cases comes to. Out go texts of records, the same from both.
Nothing here assesses a case, and nothing here writes a file.
"""
