"""Checks of a rules folder: what is written must be there, fit and count, or the folder does not load."""
