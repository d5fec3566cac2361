"""Own words: a sentence and the lexicon in, proposed answers out. Pure; nothing here asks, answers or keeps."""
