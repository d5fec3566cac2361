"""The error that stands for a knowledge base that cannot be used."""

from __future__ import annotations

from collections.abc import Iterable

from triage.source.diagnostic import Diagnostic


class KnowledgeBaseError(Exception):
    """The knowledge base cannot be used; `problems` says why, a diagnostic each."""

    def __init__(self, problems: Iterable[Diagnostic]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))
