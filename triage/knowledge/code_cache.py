"""Keep the code that is generated from a knowledge base in the cache, beside the knowledge base.

Unlike the data there, code runs. So it is guarded more strictly than Python guards its own `__pycache__`: the
folder and the file belong to this user, nobody else may write to them, and the file begins with a hash of its
content. It is used only for the very object that `load_knowledge_base` returned, and only as long as the rule
files, the code that generates it, and Python are the same.
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
    """Return the compiled code of a source, from the cache if it is there.

    Args:
        knowledge: all that the source is generated from.
        name: which source it is.
        generator: the path of a module that generates it; if a module of its room changes, so does the code.
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
