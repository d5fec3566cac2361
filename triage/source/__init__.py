"""Files, folders and texts, before anybody knows what they mean for triage.

In come paths and texts. Out come the entries of a folder, JSON or TOML data, the place of a value in its
file, diagnostics, and files that are written whole. All of triage writes its files here.

It imports no other room, prints nothing, and reports everything that it cannot read.
"""
