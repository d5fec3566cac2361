"""The words that are understood: phrases, hints and cues of the lexicon, names of medicines, and their spelling."""
