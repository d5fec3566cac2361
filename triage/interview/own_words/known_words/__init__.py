"""The words that are understood: phrases, hints and cues of the lexicon, medicine names, and their spelling."""
