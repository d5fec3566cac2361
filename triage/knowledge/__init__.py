"""The knowledge base: the rules, the questionnaire and their sources.

In comes a folder of rules. Out comes a frozen `KnowledgeBase`, or an error that names every problem with its
place and remedy. It assesses nobody.
"""

from triage.knowledge.error import KnowledgeBaseError
from triage.knowledge.kept import load_knowledge_base
from triage.knowledge.model import KnowledgeBase, Rule
from triage.source.diagnostic import Diagnostic

__all__ = ["Diagnostic", "KnowledgeBase", "KnowledgeBaseError", "Rule", "load_knowledge_base"]
