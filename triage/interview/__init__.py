"""Interview: which question next, and the talk in which it is asked.

In come a knowledge base and what a person answers; out come the answers, as a case file holds them, and
what `inference` makes of them. `interview.Interview` alone decides what is asked; all else says and hears it.
Nothing here opens a terminal, and no answer is taken that the person has not given.
"""
