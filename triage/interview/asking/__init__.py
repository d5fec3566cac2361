"""Asking in a terminal, on top of the interview: a talk comes in, and holds the answers afterwards.

From the ground up: what a line says, how a question is shown, what cannot wait, sentences in own words, one
question, several lists at once, and the course of it all. None of it decides what is worth asking.
"""
