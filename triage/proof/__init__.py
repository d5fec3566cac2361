"""Every possible intake: the compiled rules and the fold, run over symbolic bits instead of bits of cases.

A `World` is a knowledge base over intakes laid out in bits. Over bits of cases it evaluates them; over the
symbolic bits of `Everyone` the same program builds the circuit of every possible intake, and a SAT solver
says whether a bit of it can be set, with an intake that sets it. What is shown or proved is a function of a
world, asked twice. Nothing here reads or writes a file.
"""
