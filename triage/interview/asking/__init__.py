"""Asks questions in a terminal: it takes a conversation, which holds the answers afterwards.

The modules build on each other in this order: what a line says, how a question is shown, what cannot wait,
sentences in own words, one question, several lists at once, and the whole course. None of them decides what
is worth asking.
"""
