"""Own words: a sentence and the lexicon in, proposed answers out; and how each is confirmed."""
