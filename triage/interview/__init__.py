"""Chooses the next question, and holds the conversation in which it is asked.

It takes a knowledge base and what a person answers. It returns the answers as a case file holds them, and
what `inference` makes of them. `interview.Interview` alone decides what is asked; the other modules say it
and listen. Nothing here opens a terminal, and no answer is taken that the person has not given.
"""
