"""The knowledge base: loads, checks and models the rules, the questionnaire and their sources."""

from triage.knowledge.error import KnowledgeBaseError
from triage.knowledge.kept import load_knowledge_base
from triage.knowledge.model import KnowledgeBase, Rule
from triage.source.diagnostic import Diagnostic

__all__ = ["Diagnostic", "KnowledgeBase", "KnowledgeBaseError", "Rule", "load_knowledge_base"]
