"""The knowledge base: loads, checks and models the rules, the questionnaire and their sources."""

from triage.knowledge.kept import load_knowledge_base
from triage.knowledge.model import KnowledgeBase, Rule
from triage.knowledge.problems import KnowledgeBaseError, Problem

__all__ = ["KnowledgeBase", "KnowledgeBaseError", "Problem", "Rule", "load_knowledge_base"]
