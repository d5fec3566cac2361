"""Two knowledge bases compared by meaning: who comes to another disposition, or gets other advice.

Two knowledge bases come in, with known cases; a `Difference` goes out, and its report as text, as data and as
cases. Both bases are run over one circuit of symbolic bits, so that a solver finds somebody who shows a
change, or proves that there is nobody. Nothing here reads or writes a file, and nothing here judges which of
the two bases is right.
"""
