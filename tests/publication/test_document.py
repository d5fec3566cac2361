"""The knowledge base as a document: whole, well formed, safe, and with nothing filled in."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html import unescape
from itertools import pairwise
from typing import Literal

import pytest
from support.pages import MarkdownPage, Page
from support.rules import asks, rule, rule_base
from support.shipped import KNOWLEDGE

from triage import KnowledgeBase, assess
from triage.explanation.markdown import markdown
from triage.explanation.phrasing import Concluded, Group, Phrase, gate_text, phrase
from triage.explanation.templating import anchor, code
from triage.inference.grounds.spared import spared_flags
from triage.knowledge.model import NO, Provenance, Rule
from triage.knowledge.parts.pronouns import address
from triage.publication.cross_references import SECTIONS, References
from triage.publication.document import document

Form = Literal["md", "html"]
FORMS: tuple[Form, ...] = ("md", "html")
both_forms = pytest.mark.parametrize("form", FORMS)


@cache
def written(form: Form) -> str:
    return document(KNOWLEDGE, form)


@cache
def page(form: Form) -> Page | MarkdownPage:
    return read(written(form), form)


def read(text: str, form: Form) -> Page | MarkdownPage:
    return Page(text) if form == "html" else MarkdownPage(text)


def missing(form: Form, expected: Iterator[tuple[str, str, str]]) -> list[str]:
    """The texts that do not stand where they should: under the anchor of their kind and id."""
    there = page(form).texts
    return [
        f"{kind} {name}: {text}"
        for kind, name, text in expected
        if address(text).casefold() not in there.get(anchor(kind, name), "").casefold()
    ]


# Everything stands in it.


def cited(provenance: Provenance) -> Iterator[str]:
    for name in provenance.claims:
        claim = KNOWLEDGE.claims[name]
        yield from (claim.id, claim.text, claim.limit, KNOWLEDGE.sources[claim.document].publisher)
    for name in provenance.guidance:
        source = KNOWLEDGE.sources[name]
        yield from (source.publisher, source.title, source.date)
        if source.seen == "unverified":
            yield "unverified"
    if provenance.beyond_documents:
        yield KNOWLEDGE.laws.beyond_documents


def of_rule(each: Rule) -> Iterator[str]:
    yield from (each.title, each.id, each.file, each.caution, each.reason, each.rationale)
    yield from map(KNOWLEDGE.calls.named_in, each.watch_for)
    if each.route:
        yield KNOWLEDGE.calls.named_in(KNOWLEDGE.routes[each.route].words)
    if each.disposition:
        rung = KNOWLEDGE.rungs[each.disposition]
        yield from (rung.title, rung.soon_time_frame if each.soon else rung.time_frame)
    for names, texts in (
        (each.causes, {row.id: row.name for row in KNOWLEDGE.causes.values()}),
        (each.findings, {row.id: row.text for row in KNOWLEDGE.findings.values()}),
        (each.steps, {row.id: row.name for row in KNOWLEDGE.steps.values()}),
        (each.explains, {row.id: row.text for row in KNOWLEDGE.explanations.values()}),
    ):
        yield from (texts[name] for name in names)
    for step in KNOWLEDGE.steps.values():
        if set(step.kinds) & set(each.withholds):
            yield step.name
    yield from cited(each.provenance)


@both_forms
def test_every_rule_stands_whole(form: Form) -> None:
    rules = KNOWLEDGE.rules.values()
    assert not missing(form, (("rule", each.id, text) for each in rules for text in of_rule(each)))


def spoken(said: Phrase) -> Iterator[str]:
    if isinstance(said, Group):
        yield said.manner
        for part in said.parts:
            yield from spoken(part)
    elif isinstance(said, Concluded):
        yield said.finding.text
    else:
        yield from (said.question.ask, said.limit, *(option.label for option in said.answers))
        yield said.threshold.means if said.threshold else said.manner


@both_forms
def test_every_condition_names_its_questions_answers_thresholds_and_findings(form: Form) -> None:
    def expected() -> Iterator[tuple[str, str, str]]:
        for each in KNOWLEDGE.rules.values():
            yield from (("rule", each.id, text) for text in spoken(phrase(KNOWLEDGE, each.when)))
        for question in KNOWLEDGE.questions.values():
            if question.asked_when is not None:
                for text in spoken(phrase(KNOWLEDGE, question.asked_when)):
                    yield "question", question.id, text
        for name, entries in References(KNOWLEDGE).bounded.items():
            for entry in entries:
                yield entry.kind, entry.id, KNOWLEDGE.thresholds[name].means

    assert not missing(form, expected())


@both_forms
def test_every_question_and_option_stands(form: Form) -> None:
    def expected() -> Iterator[tuple[str, str, str]]:
        for question in KNOWLEDGE.questions.values():
            for text in (question.ask, question.means, question.why, question.unit, question.id):
                yield "question", question.id, text
            yield "question", question.id, "always" if question.asked_when is None else "when"
            for option in question.options:
                name = f"{question.id}.{option.id}"
                yield from (("option", name, text) for text in (option.id, option.label, option.means))
                if option.red_flag:
                    yield "option", name, "red flag"

    assert not missing(form, expected())


@both_forms
def test_every_entry_of_the_lists_stands(form: Form) -> None:
    def expected() -> Iterator[tuple[str, str, str]]:
        for rung in KNOWLEDGE.rungs.values():
            for text in (rung.title, rung.time_frame, rung.soon_time_frame, *rung.watch_for):
                yield "rung", rung.id, KNOWLEDGE.calls.named_in(text)
            yield "rung", rung.id, KNOWLEDGE.calls.named_in(rung.action)
        for finding in KNOWLEDGE.findings.values():
            yield "finding", finding.id, finding.text
            for each in KNOWLEDGE.concluders[finding.id]:
                yield "finding", finding.id, each.title
        for threshold in KNOWLEDGE.thresholds.values():
            for text in (threshold.means, threshold.reason, *cited(threshold.provenance)):
                yield "threshold", threshold.id, text
        for cause in KNOWLEDGE.causes.values():
            yield from (("cause", cause.id, text) for text in (cause.name, cause.text))
        for explanation in KNOWLEDGE.explanations.values():
            for text in (explanation.text, *cited(explanation.provenance)):
                yield "explanation", explanation.id, text

    assert not missing(form, expected())


@both_forms
def test_every_step_stands_with_the_rules_that_hold_it_back(form: Form) -> None:
    def expected() -> Iterator[tuple[str, str, str]]:
        for step in KNOWLEDGE.steps.values():
            for text in (step.name, step.how, step.how_long, step.how_often, *cited(step.provenance)):
                yield "step", step.id, KNOWLEDGE.calls.named_in(text)
            for each in KNOWLEDGE.rules.values():
                if set(each.withholds) & set(step.kinds):
                    yield "step", step.id, each.title

    assert not missing(form, expected())


@both_forms
def test_every_claim_and_source_stands_with_what_rests_on_it(form: Form) -> None:
    refs = References(KNOWLEDGE)

    def expected() -> Iterator[tuple[str, str, str]]:
        for claim in KNOWLEDGE.claims.values():
            for text in (claim.text, claim.limit, claim.reason):
                yield "claim", claim.id, text
        for source in KNOWLEDGE.sources.values():
            for text in (source.publisher, source.title, source.date, source.url, source.note):
                yield "source", source.id, text
        for each in KNOWLEDGE.rules.values():
            for name in each.provenance.claims:
                yield "claim", name, refs.numbers["rule", each.id]
            for name in each.provenance.guidance:
                yield "source", name, refs.numbers["rule", each.id]

    assert not missing(form, expected())


@both_forms
def test_the_head_says_which_knowledge_base_and_that_nobody_has_reviewed_it(form: Form) -> None:
    top = page(form).text.partition(SECTIONS["ladder"])[0]
    for text in (KNOWLEDGE.title, KNOWLEDGE.version, KNOWLEDGE.sha256, KNOWLEDGE.laws.not_reviewed):
        assert text in top


@both_forms
def test_the_fixed_texts_of_the_laws_stand(form: Form) -> None:
    laws, undetermined = KNOWLEDGE.laws, KNOWLEDGE.undetermined
    texts = (laws.not_sure, laws.withheld_until_help, laws.withheld_until_known, undetermined.action)
    assert [text for text in texts if text not in page(form).text] == []


@both_forms
def test_no_placeholder_is_left(form: Form) -> None:
    assert re.findall(r"\{\w+\}", page(form).text) == []


# Red flags.


def test_every_red_flag_brings_what_the_document_says() -> None:
    seen = set()
    for flag in References(KNOWLEDGE).red_flags:
        assert flag.alone, f"no rule fires on {flag.option.id} alone"
        if flag.question.id in seen:
            continue
        seen.add(flag.question.id)
        found = assess(KNOWLEDGE, {flag.question.id: {flag.option.id: "yes"}})
        assert found.disposition == flag.alone[0].disposition
        assert {each.id for each in flag.alone} <= set(found.fired)
    assert seen


def test_red_flags_stand_before_the_rules_and_urgent_rules_before_others() -> None:
    names = list(SECTIONS)
    assert names.index("red_flags") < names.index("rules")
    refs = References(KNOWLEDGE)
    for topic in refs.topics:
        ranks = [KNOWLEDGE.rungs[each.disposition].rank if each.disposition else 0 for each in topic.rules]
        assert ranks == sorted(ranks, reverse=True)


# Links, form and safety.


@both_forms
def test_links_resolve_and_ids_are_unique(form: Form) -> None:
    ids = page(form).ids
    inside = {link[1:] for link in page(form).links if link.startswith("#")}
    assert len(ids) == len(set(ids))
    assert inside <= set(ids)
    assert anchor("rule", next(iter(KNOWLEDGE.rules))) in inside


@both_forms
def test_links_that_lead_away_are_those_of_the_sources(form: Form) -> None:
    away = {link for link in page(form).links if not link.startswith("#")}
    known = {source.url for source in KNOWLEDGE.sources.values()}
    notes = " ".join(source.note for source in KNOWLEDGE.sources.values())
    assert away
    assert all(link in known or link in notes for link in away)


def test_the_page_is_well_formed() -> None:
    shown = page("html")
    assert isinstance(shown, Page)
    assert shown.unbalanced == []
    tags = [tag for tag, _ in shown.tags]
    assert [tags.count(tag) for tag in ("title", "main", "header", "footer", "h1")] == [1] * 5
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(below <= above + 1 for above, below in pairwise(levels))
    assert written("html").startswith("<!DOCTYPE html>")
    assert ("html", {"lang": "en"}) in shown.tags


def test_the_page_loads_nothing() -> None:
    shown = page("html")
    assert isinstance(shown, Page)
    loading = {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "video",
        "audio",
        "base",
        "form",
        "source",
    }
    assert not loading & {tag for tag, _ in shown.tags}
    names = {name for _, attributes in shown.tags for name in attributes}
    assert not [name for name in names if name in ("src", "srcset", "style", "ping") or name.startswith("on")]
    assert "url(" not in written("html")
    assert "@import" not in written("html")


HOSTILE = (
    '<script>alert("1")</script> & <b>{you}</b> '
    "*x* _y_ [z](javascript:alert) ![i](http://x.test/i) `k` | # ~q~"
)


def hostile() -> KnowledgeBase:
    """The knowledge base with markup in every kind of text that a template prints."""
    each = replace(
        rule("calf-alone", asks("site.calf"), disposition="doctor", watch_for=(HOSTILE,)),
        title=HOSTILE,
        topic=HOSTILE,
        file=HOSTILE,
        reason=HOSTILE,
        rationale=HOSTILE,
    )
    site = KNOWLEDGE.questions["site"]
    options = tuple(replace(option, label=HOSTILE, means=HOSTILE, group=HOSTILE) for option in site.options)
    source = replace(KNOWLEDGE.sources["project-judgement"], title=HOSTILE, url="javascript:alert(1)")
    return replace(
        rule_base(KNOWLEDGE, each),
        title=HOSTILE,
        version=HOSTILE,
        questions={**KNOWLEDGE.questions, "site": replace(site, ask=HOSTILE, options=options)},
        sources={**KNOWLEDGE.sources, source.id: source},
        steps={name: replace(step, kinds=(HOSTILE,), how=HOSTILE) for name, step in KNOWLEDGE.steps.items()},
        causes={name: replace(cause, name=HOSTILE) for name, cause in KNOWLEDGE.causes.items()},
    )


@both_forms
def test_markup_in_the_knowledge_base_is_shown_not_run(form: Form) -> None:
    text = document(hostile(), form)
    shown = read(text, form)
    assert address(HOSTILE) in shown.text
    assert "<script" not in text
    assert "<b>you" not in text
    assert not [link for link in shown.links if link.startswith("javascript")]
    assert {link[1:] for link in shown.links if link.startswith("#")} <= set(shown.ids)
    assert len(shown.ids) == len(set(shown.ids))
    if isinstance(shown, Page):
        assert shown.unbalanced == []
    else:
        assert re.search(r"(?<!\\)\*x\*|(?<!\\)\[z|(?<!\\)`k`|(?<![\\\w])~q", text) is None


def test_markdown_escapes_what_would_begin_a_list_a_heading_or_a_link() -> None:
    assert markdown("- a") == r"\- a"
    assert markdown("12. a") == r"12\. a"
    assert markdown("# a") == r"\# a"
    assert markdown("4.1 a") == "4.1 a"
    assert markdown("a\n\n- b") == "a - b"
    assert markdown("see http://x.test/a_b .") == "see <http://x.test/a_b> ."
    assert code("a`b") == "`` a`b ``"


def test_names_that_differ_have_ids_that_differ_and_hold_no_space() -> None:
    names = ("a b", "a-b", "a~20~b", "a/b", "a_b", "A b")
    assert len({anchor("topic", name) for name in names}) == len(names)
    assert all(re.fullmatch(r"[\w~.-]+", anchor("topic", name)) for name in names)


# For the pen.


def test_every_topic_and_the_whole_have_a_place_to_sign_with_nothing_in_it() -> None:
    shown = page("html")
    assert isinstance(shown, Page)
    tables = re.findall(r'<table class="sign">.*?</table>', written("html"), re.DOTALL)
    refs = References(KNOWLEDGE)
    for topic in refs.topics:
        assert sum(f"Review: {refs.numbers['topic', topic.id]} " in table for table in tables) == 1
    assert "the whole knowledge base" in tables[-1]
    for table in tables:
        assert re.findall(r'<td class="pen">(.*?)</td>', table) == [""] * 5
        assert all(word in table for word in ("Name", "Registration", "Date", "agreed", "to change"))
    assert written("md").count("**Review: ") == len(tables)
    assert not re.search(r"[☑☒✓✔]|\[x\]", written("md") + written("html"))


@both_forms
def test_every_rule_has_a_place_to_tick(form: Form) -> None:
    there = page(form).texts
    tick = re.compile(r"agree\s+(☐ )?change:")
    assert all(tick.search(there[anchor("rule", name)]) for name in KNOWLEDGE.rules)


# Other knowledge bases.


@both_forms
def test_a_bare_knowledge_base_can_be_shown(form: Form) -> None:
    bare = replace(
        rule_base(KNOWLEDGE, rule("calf-alone", asks("site.calf", NO), explains=("gate_control",))),
        reviewed_by_clinician=True,
        questions={name: KNOWLEDGE.questions[name] for name in ("site", "age")},
        thresholds={},
        claims={},
        steps={},
        causes={},
        explanations={
            "gate_control": replace(KNOWLEDGE.explanations["gate_control"], provenance=Provenance())
        },
        rungs={name: replace(rung, provenance=Provenance()) for name, rung in KNOWLEDGE.rungs.items()},
    )
    shown = read(document(bare, form), form)
    assert "a clinician has reviewed it" in shown.text
    assert KNOWLEDGE.laws.not_reviewed not in shown.text.partition(SECTIONS["ladder"])[0]
    assert "answered no: Calf" in re.sub(r"\s+", " ", shown.text)
    assert "no source is given" in shown.text


def test_the_bytes_are_the_same_for_every_hash_seed() -> None:
    program = (
        "import hashlib, triage; from triage.publication.document import document;"
        "k = triage.load_knowledge_base();"
        "print(*(hashlib.sha256(document(k, form).encode()).hexdigest() for form in ('md', 'html')))"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, env={"PYTHONHASHSEED": "1", "PATH": ""}, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [hashlib.sha256(written(form).encode()).hexdigest() for form in FORMS]


@both_forms
def test_red_flags_that_are_not_asked_of_everybody_are_listed_to_be_signed(form: Form) -> None:
    shown = unescape(written(form))
    listed = shown[shown.index(SECTIONS["gated"], shown.index(SECTIONS["sign"])) :]
    listed = listed[: listed.index(SECTIONS["rules"])]
    flags = spared_flags(KNOWLEDGE)
    assert flags
    for flag in flags:
        assert flag.finding in listed
        assert all(rationale in listed for rationale in flag.rationales)
        assert all(gate_text(KNOWLEDGE, gate) in listed for gate in flag.gates)
    assert listed.count("Not asked, for example") == len(flags)
    assert f"Review: {References(KNOWLEDGE).numbers['section', 'gated']} {SECTIONS['gated']}" in listed
