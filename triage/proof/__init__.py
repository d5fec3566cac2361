"""Proofs about every possible intake: the compiled rules and the fold, run over symbolic bits.

A `World` is a knowledge base over intakes that are laid out in bits. With bits of cases it evaluates the
cases. With the symbolic bits of `Everyone`, the same program builds the circuit of every possible intake. A
SAT solver then says whether a bit of the circuit can be set, and by which intake. Nothing here reads or
writes a file.
"""
