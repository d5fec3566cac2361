"""What `triage intake` is made of: the terminal, the places of files, keeping, and how it ends."""
