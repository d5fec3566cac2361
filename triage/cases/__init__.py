"""Case files: what they hold, whether it is valid, and what a case expects.

In come names of files and folders, or a stream of text. Out go cases, each with its id, its answers and what
it expects, and a diagnostic with its location for everything that is not a valid case. One table says what a
case can expect and how an assessment shows it. All who use case files (evaluate, audit, diff, explain, lint,
the pytest plugin) read them here, so that the same fault is told in the same words.

It assesses nothing, prints nothing, and passes over nothing in silence.
"""
