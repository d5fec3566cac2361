"""The words that are understood: phrases, hints and cues, names of medicines, and their spelling."""
