"""Checks of a rules folder: it loads only if all names exist, all values fit and every red flag counts."""
