"""Case files: read them, check them, and say what a case expects.

In come names of files and folders, or a stream of text. Out go cases, each with its id, its answers and what
it expects, and a diagnostic with its location for everything that is not a valid case. One table says what a
case can expect and how an assessment shows it. All who use case files (evaluate, audit, diff, explain, lint,
the pytest plugin) read them here, so that the same fault always has the same message.

It prints nothing, and reports all that it skips.
"""
