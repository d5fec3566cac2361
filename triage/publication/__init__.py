"""Publication: the whole knowledge base as one document that a clinician can read and sign.

In comes a knowledge base. Out goes its text in Markdown or HTML, the same bytes every time. Nothing is left
out, and no agreement is filled in.
"""
