"""Keeping the code that is generated from a knowledge base, beside the knowledge base in the cache.

Unlike the data there, code runs. So it is held to what Python holds its own `__pycache__` to, and to more:
the folder and the file are this user's and nobody else may write to them, and the file begins with a hash
of its content. It is used for the very object that `load_knowledge_base` returned, and only where the rule
files, the code that generates it and Python are those that it was made with.
"""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Callable
from functools import cache
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType

from triage.knowledge.kept import place_of, read_sealed, write_sealed
from triage.knowledge.model import KnowledgeBase


def code_of(knowledge: KnowledgeBase, name: str, generator: str, source: Callable[[], str]) -> CodeType:
    """Return the code that a source compiles to, from the cache where it is kept.

    Args:
        knowledge: what the source is generated from, and nothing else.
        name: which source it is.
        generator: a module that generates it; where one in its room changes, the source is made anew.
        source: makes the source.
    """
    base = place_of(knowledge)
    place = base and base.with_name(f"{base.stem}-{name}-{_hash_of(generator)}.code")
    raw = place and read_sealed(place)
    if raw:
        code = marshal.loads(raw)  # noqa: S302 - this user's own file, whole as it was written
        if isinstance(code, CodeType):
            return code
    code = compile(source(), f"<compiled rules: {name}>", "exec")
    if place:
        write_sealed(place, marshal.dumps(code))
    return code


@cache
def _hash_of(module: str) -> str:
    digest = hashlib.sha256(MAGIC_NUMBER)
    for path in sorted(Path(module).parent.parent.rglob("*.py")):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
