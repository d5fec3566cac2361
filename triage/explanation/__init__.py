"""Puts everything into words for people: assessments and their reasons, conditions, and answers.

It takes the records of inference and the texts of the knowledge base. It returns texts and lines of text,
which other rooms print or write. It concludes nothing new, and it reads no file but its own templates.
"""
