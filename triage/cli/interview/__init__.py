"""The parts of `triage intake`: the terminal, the files, keeping answers, and how an interview ends."""
