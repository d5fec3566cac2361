"""All words to people: an assessment, how it came about, why it is not another, conditions, and answers.

In come the records of inference and the texts of the knowledge base. Out go texts and lines of text, which
others print or write. Nothing here concludes anything new, and nothing reads or writes a file: templates are
part of the package.
"""
