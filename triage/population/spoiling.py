"""Lines that are not valid cases, wrong in the ways in which real files are wrong."""

from __future__ import annotations

from collections.abc import Callable

from triage.knowledge.model import YES, KnowledgeBase


class Spoiler:
    """Makes lines that are not valid cases."""

    def __init__(self, knowledge: KnowledgeBase, draw: Callable[[], float]) -> None:
        """Take the questionnaire, and what draws numbers from 0 to 1."""
        first = {question.kind: question.id for question in reversed(list(knowledge.questions.values()))}
        number, checklist, choice = first["number"], first["checklist"], first["choice"]
        wrong_answers = (
            f'"{number}":-1',
            f'"{number}":1.5',
            f'"{number}":NaN',
            f'"{number}":"many"',
            f'"{number}":1,"{number}":1',
            f'"{choice}x":"{YES}"',
            f'"{choice}":"perhaps"',
            f'"{choice}":null',
            f'"{checklist}":[]',
            f'"{checklist}":["something"]',
            f'"{checklist}":{{"something":"{YES}"}}',
            f'"{checklist}":["something"',
        )
        self._draw = draw
        self._ways: tuple[Callable[[str, str], str], ...] = (
            lambda name, answers: f'{{"id":"{name}","answers":{{{answers}',
            lambda name, _: f'{{"id":"{name}"}}',
            lambda _, answers: f'{{"answers":{{{answers}}}}}',
            lambda _, answers: f'{{"id":"","answers":{{{answers}}}}}',
            lambda name, answers: f'[{{"id":"{name}","answers":{{{answers}}}}}]',
            lambda name, answers: f'{{"id":"{name}","id":"{name}","answers":{{{answers}}}}}',
            lambda name, answers: f'{{"id":"{name}","answers":{{{answers}}},"extra":1}}',
            lambda name, _: f'{{"id":"{name}","answers":"{name}"}}',
            *(_with(wrong) for wrong in wrong_answers),
        )

    def __call__(self, name: str, answers: str) -> str:
        """Return a spoilt line for a person with these answers (JSON without the braces around them)."""
        return self._ways[int(self._draw() * len(self._ways))](name, answers) + "\n"


def _with(wrong: str) -> Callable[[str, str], str]:
    return lambda name, _: f'{{"id":"{name}","answers":{{{wrong}}}}}'
