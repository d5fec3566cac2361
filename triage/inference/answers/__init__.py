"""Answers as given become findings; what does not fit is named, with what was probably meant."""
