"""The parts of a knowledge base as frozen data, without how they are read or checked."""
