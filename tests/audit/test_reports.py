"""The reports of an audit: each tells all of it, in its own form."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html import unescape
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator
from support.pages import Page
from support.shipped import KNOWLEDGE
from support.small_base import TWIN, every_case, write_base

from triage import KnowledgeBase, assess, load_knowledge_base
from triage.audit.coverage import DECIDING, masked
from triage.audit.model import (
    Counterexample,
    Gap,
    Measure,
    Name,
    Sentence,
    Survivor,
    TestedCase,
    Verdict,
    Witness,
)
from triage.audit.mutants import mutants, words_of
from triage.audit.reports.report_html import SECTIONS, html
from triage.audit.reports.report_json import audit_schema, json_text
from triage.audit.reports.report_junit import junit
from triage.audit.reports.report_parts import Report, gathered
from triage.audit.reports.report_text import text
from triage.audit.run import audit
from triage.audit.table import Table
from triage.audit.wording import AuthorWords
from triage.explanation.templating import anchor
from triage.inference.answers.case_answers import as_answers
from triage.inference.answers.intake import read_answers
from triage.inference.answers.working_memory import working_memory
from triage.inference.columns.compiled import Compiled
from triage.inference.domains import domains
from triage.inference.truth import Truth, truth_of
from triage.knowledge.model import Rule
from triage.proof.everyone import Everyone
from triage.source.diagnostic import Location


@cache
def base(*, twin: bool) -> KnowledgeBase:
    with TemporaryDirectory() as folder:
        return load_knowledge_base(
            write_base(Path(folder), **({"patterns/longer-cramp": TWIN} if twin else {}))
        )


@cache
def report(*, twin: bool, few: bool = False) -> Report:
    """An audit on every case, or on a few; with a twin of a rule two laws are refuted."""
    knowledge = base(twin=twin)
    rows = every_case(base(twin=False))
    cases = [
        TestedCase(
            row["id"],
            "cases.jsonl",
            line,
            read_answers(knowledge, row["answers"]),
            {} if few else row["expect"],
        )
        for line, row in enumerate(rows[: 12 if few else len(rows)], start=1)
    ]
    return Report(audit(knowledge, cases), knowledge, cases, seconds=1.25)


def whole() -> Report:
    return report(twin=False)


def lacking() -> Report:
    return report(twin=True, few=True)


EACH = pytest.mark.parametrize("made", [whole, lacking], ids=["whole", "lacking"])


def lines_of(shown: str) -> list[str]:
    return re.findall(r"rules/[\w/-]+\.toml:\d+", shown)


# What the reports share.


def test_the_two_audits_differ_as_they_should() -> None:
    assert not whole().audit.gaps
    assert not whole().audit.mutation.survivors
    assert not whole().audit.open_proofs
    assert lacking().audit.gaps
    assert {proof.id for proof in lacking().audit.open_proofs} == {"rules-add-something"}


def test_a_disposition_that_never_decides_is_shown_with_what_masks_it() -> None:
    found = hidden(report(twin=True))
    assert set(found) == {"long-cramp", "longer-cramp"}
    assert found["long-cramp"].subject == Name("disposition", "urgent")
    assert found["long-cramp"].reason == Sentence(
        "in all 8 cases where it fires, {} calls for as much or more", (Name("rule", "longer-cramp"),)
    )
    assert found["long-cramp"].place == Location("patterns/long-cramp.toml", 12)
    assert not hidden(whole())


def hidden(made: Report) -> dict[str, Gap]:
    """The dispositions that never decide, by rule."""
    gaps = (*made.audit.gaps, *made.audit.impossible)
    return {gap.rule: gap for gap in gaps if gap.measure == DECIDING}


def test_a_masked_disposition_is_proved_never_to_decide_or_shown_deciding() -> None:
    twins = report(twin=True)
    assert {gap.impossible for gap in hidden(twins).values()} == {Verdict.PROVED}
    assert not [item for item in twins.not_shown if item.about.startswith("never decides")]
    aside = [entry.rule for entry in twins.set_aside if entry.about.startswith("never decides in any intake")]
    assert aside == ["long-cramp", "longer-cramp"]
    few = report(twin=False, few=True)
    missing = {item.rule for item in few.not_shown if item.about.startswith("never decides")}
    assert missing == set(hidden(few)) == {"short-cramp", "long-cramp"}
    for gap in hidden(few).values():
        assert gap.impossible is Verdict.REFUTED
        (witness,) = gap.witnesses
        assert witness in few.audit.witnesses
        found = assess(few.knowledge, as_answers(few.knowledge, witness.findings))
        assert Name("disposition", found.disposition) == gap.subject
        assert gap.rule in found.fired


def test_few_rules_mask_together() -> None:
    """Of three rules that mask, those two are named that do it together."""
    knowledge = base(twin=False)
    findings: list[dict[str, Any]] = [{"signs.jaw": "yes"}, {"signs.swallow": "yes"}]
    rules = dict(knowledge.rules)
    rules["either"] = replace(rules["stiff-jaw"], id="either", disposition="doctor", when=_either(rules))
    cases = [TestedCase(str(number), "", 1, found, {}) for number, found in enumerate(findings)]
    compiled = Compiled(replace(knowledge, rules=rules), fine=True)
    found = {gap.rule: gap.reason for gap in masked(Table(compiled, cases), Everyone(compiled))}
    assert found["either"] == Sentence(
        "in all 2 cases where it fires, one of {} and {} calls for as much or more",
        (Name("rule", "no-swallowing"), Name("rule", "stiff-jaw")),
    )


def _either(rules: dict[str, Rule]) -> Any:
    from triage.knowledge.parts.conditions import Any as AnyOf  # noqa: PLC0415 - beside typing's

    return AnyOf((rules["stiff-jaw"].when, rules["no-swallowing"].when))


def test_a_rule_that_adds_nothing_is_shown_with_those_that_say_it_already() -> None:
    (proof,) = report(twin=True).audit.open_proofs
    shadows = {each.subject.id: str(each.what) for each in proof.exceptions}
    assert shadows["longer-cramp"] == "adds nothing beside long-cramp"
    assert shadows["long-cramp"].startswith("adds nothing beside ")


def test_decisive_and_masking_are_one_line() -> None:
    gaps = [item for item in lacking().not_shown if "never decisive" in item.about]
    assert gaps
    places = [(item.rule, item.subject, item.where) for item in gaps]
    assert len(places) == len(set(places))
    assert any("not even masked" in item.about for item in gaps)


def test_only_what_is_whole_is_called_100() -> None:
    assert Measure("a", "", 9_999, 10_000).rounded == "99.9"
    assert Measure("a", "", 3, 4, 1).rounded == "100.0"
    assert Measure("a", "", 0, 0).rounded == "100.0"


def test_alike_items_of_a_line_stand_together_and_none_is_lost() -> None:
    items = lacking().unnoticed
    together = gathered(items)
    assert len(together) < len(items)
    assert sum(1 + item.alike for item in together) == len(items)


# Text.


@EACH
def test_the_text_fits_80_columns_and_ends_with_the_measures(made: Any) -> None:
    shown = text(made())
    assert max(map(len, shown.splitlines())) <= 80
    last = shown.index("MEASURES")
    for heading in ("WHAT NO CASE SHOWS", "PROVED OVER ALL INTAKES"):
        assert shown.index(heading) < last
    for measure in made().audit.measures:
        assert re.search(rf"^{measure.name} +{measure.rounded} %", shown, re.MULTILINE)
    assert "This took 1.2 seconds." in shown
    assert "\x1b" not in shown


def test_nothing_missing_says_so() -> None:
    shown = text(whole())
    assert "WHAT NO CASE SHOWS: nothing" in shown
    assert "WHAT NO CASE WOULD NOTICE: nothing" in shown


def test_all_shows_every_entry_with_file_line_and_reason() -> None:
    made = lacking()
    shown = text(made, everything=True)
    told = [" ".join(f"rules/{entry}".split()) for entry in shown.split("\nrules/")[1:]]
    for gap in made.audit.gaps:
        if gap.measure != "masking":
            where = f"rules/{gap.place} "
            subject = AuthorWords(made.knowledge).name(gap.subject)
            assert any(line.startswith(where) and subject in line for line in told), gap
            assert any(line.startswith(where) and gap.what in line for line in told), gap
    for survivor in made.audit.mutation.survivors:
        change = words_of(AuthorWords(made.knowledge), survivor.mutant)
        said = f"rules/{survivor.mutant.place} this change would go unnoticed: {change}"
        assert any(line.startswith(said) for line in told), survivor
    assert not re.search(r"\d+\s+more\b|-v lists", shown)


def test_the_short_text_counts_what_it_leaves_out() -> None:
    made = lacking()
    short, long = text(made), text(made, everything=True)
    assert len(short.splitlines()) < len(long.splitlines()) / 2
    assert "(-v lists them)" in short
    heading = re.search(r"WHAT NO CASE WOULD NOTICE: (\d+), in (\d+) rules", short)
    assert heading
    assert int(heading[1]) == len(made.audit.mutation.survivors)
    section = short[heading.end() : short.index("PROVED OVER")]
    shown = len(re.findall(r"this change would", section))
    others = sum(int(number) for number in re.findall(r"and (\d+)\s+more", section))
    assert shown + others == int(heading[1])


def test_a_thousand_gaps_stay_readable() -> None:
    made = lacking()
    many = tuple(
        Gap(
            "option",
            Name("option", f"finding-{number}"),
            "never chosen",
            Location("a.toml", line),
        )
        for number, line in enumerate(range(1, 1301))
    )
    assert len(text(replace(made, audit=replace(made.audit, gaps=many))).splitlines()) < 200


def test_urgent_rules_stand_first() -> None:
    made = lacking()
    ranks = [
        made.knowledge.rungs[rule.disposition].rank if rule.disposition else 0
        for rule in (made.knowledge.rules[name] for name in made.by_rule(made.unnoticed))
    ]
    assert ranks == sorted(ranks, reverse=True)
    assert ranks[0] == 4


def test_what_masks_a_disposition_stands_beside_the_change_that_it_hides() -> None:
    shown = " ".join(text(report(twin=True), everything=True).split())
    said = "urgent: never decides in any intake; in all 8 cases where it fires, longer-cramp calls for as"
    assert said in shown


def test_open_proofs_stand_before_the_proved() -> None:
    shown = text(lacking())
    assert shown.index("refuted: rules-add-something") < shown.index("proved: outcomes-are-reached")


def test_an_undecided_proof_and_survivor_say_so() -> None:
    made = whole()
    first = made.audit.proofs[0]
    proofs = (replace(first, verdict=Verdict.UNDECIDED), *made.audit.proofs[1:])
    mutant = next(mutants(made.knowledge, domains(made.knowledge), made.knowledge.rules["long-cramp"]))
    survivor = Survivor(mutant, Verdict.UNDECIDED)
    mutation = replace(made.audit.mutation, survivors=(survivor,))
    shown = text(replace(made, audit=replace(made.audit, proofs=proofs, mutation=mutation)))
    assert f"undecided, and perhaps decided with a larger --budget: {first.id}" in shown
    assert "undecided whether any case could notice it" in " ".join(shown.split())


def test_the_end_says_how_to_save_the_witnesses() -> None:
    saved = f"--write-witnesses FOLDER saves {len(lacking().audit.witnesses)} intakes that would"
    assert saved in " ".join(text(lacking()).split())
    assert "--write-witnesses" not in text(whole())


def test_only_looks_are_painted() -> None:
    painted = text(lacking(), paint=lambda line, look: f"<{look}>{line}</{look}>")
    assert "<bad>refuted: rules-add-something</bad>" in painted
    assert re.sub(r"</?(bad|heading)>", "", painted) == text(lacking())


# JSON.


@EACH
def test_json_fits_its_schema(made: Any) -> None:
    schema = audit_schema()
    Draft202012Validator.check_schema(schema)
    written = json.loads(json_text(made().knowledge, made().audit))
    Draft202012Validator(schema).validate(written)
    assert written["schema_version"] == "4"
    assert written["sha256"] == made().knowledge.sha256
    assert written["version"] == made().knowledge.version


def test_the_schema_refuses_what_is_no_audit() -> None:
    validator = Draft202012Validator(audit_schema())
    good = json.loads(json_text(whole().knowledge, whole().audit))
    assert validator.is_valid(good)
    assert not validator.is_valid({**good, "schema_version": "1"})
    assert not validator.is_valid({**good, "more": 1})
    assert not validator.is_valid({**good, "measures": [{**good["measures"][0], "percent": 101}]})
    assert not validator.is_valid({**good, "proofs": [{**good["proofs"][0], "verdict": "maybe"}]})


def test_json_holds_everything() -> None:
    made = lacking()
    written = json.loads(json_text(made.knowledge, made.audit))
    assert len(written["gaps"]) == len(made.audit.gaps)
    assert len(written["mutation"]["survivors"]) == len(made.audit.mutation.survivors)
    assert [proof["verdict"] for proof in written["proofs"]] == [
        proof.verdict.value for proof in made.audit.proofs
    ]


def test_witnesses_in_json_are_intakes_under_the_names_they_are_saved_by() -> None:
    def found(value: Any) -> Iterator[dict[str, Any]]:
        if isinstance(value, dict):
            if "answers" in value:
                yield value
            for each in value.values():
                yield from found(each)
        elif isinstance(value, list):
            for each in value:
                yield from found(each)

    made = lacking()
    shown = list(found(json.loads(json_text(made.knowledge, made.audit))))
    assert [each["name"] for each in shown] == [each.name for each in made.audit.witnesses]
    assert len({each["name"] for each in shown}) == len(shown) > 10
    for each, witness in zip(shown, made.audit.witnesses, strict=True):
        assert read_answers(made.knowledge, each["answers"]) == witness.findings


def test_a_witness_has_few_answers_that_it_does_not_need() -> None:
    answers = [len(witness.findings) for gap in lacking().audit.gaps for witness in gap.witnesses]
    assert len(answers) > 10
    assert sum(answers) < 2 * len(answers)


# JUnit.


def parsed(written: str) -> ET.Element:
    return ET.fromstring(written.encode("utf-8"))  # noqa: S314 - our own text


def test_junit_has_a_test_case_for_each_rule_and_each_proof() -> None:
    made = whole()
    root = parsed(junit(made))
    assert (root.get("failures"), root.get("skipped")) == ("0", "0")
    names: dict[str, set[str]] = {}
    for case in root.iter("testcase"):
        names.setdefault(str(case.get("classname")), set()).add(str(case.get("name")))
    assert names["audit.cases"] == {"cases meet their own expectations"}
    assert names["audit.rule"] == {"outside the rules", *made.knowledge.rules}
    assert names["audit.proof"] == {proof.id for proof in made.audit.proofs}
    assert root.get("tests") == str(len(list(root.iter("testcase"))))


def test_junit_failures_name_file_and_line() -> None:
    made = lacking()
    root = parsed(junit(made))
    failed = {
        (str(case.get("classname")), str(case.get("name"))): failure
        for case in root.iter("testcase")
        if (failure := case.find("failure")) is not None
    }
    assert root.get("failures") == str(len(failed))
    for failure in failed.values():
        assert all(lines_of(line) or "cases.jsonl:" in line for line in (failure.text or "").splitlines())
    for gap in made.audit.gaps:
        failure = failed["audit.rule", gap.rule or "outside the rules"]
        assert re.search(rf"^rules/{gap.place} .*{gap.what.split(',')[0]}", failure.text or "", re.MULTILINE)
    for survivor in made.audit.mutation.survivors:
        change = words_of(AuthorWords(made.knowledge), survivor.mutant)
        said = f"rules/{survivor.mutant.place} this change would go unnoticed: {change}"
        assert (
            said
            in (failed["audit.rule", survivor.mutant.rule or "outside the rules"].text or "").splitlines()
        )
    assert ("audit.proof", "rules-add-something") in failed
    case = next(case for case in root.iter("testcase") if case.get("name") == "longer-cramp")
    assert (case.get("file"), case.get("line")) == ("rules/patterns/longer-cramp.toml", "1")


def test_junit_survives_what_xml_cannot_hold() -> None:
    made = whole()
    name, place = Name("rule", "long-cramp"), Location("a.toml", 1)
    gap = Gap("rule", name, "never \x00\x1b fires", place, "long-cramp", "<&\ud800>")
    root = parsed(junit(replace(made, audit=replace(made.audit, gaps=(gap,)))))
    assert root.get("failures") == "1"
    assert "<&\N{REPLACEMENT CHARACTER}>" in "".join(root.itertext())


@EACH
def test_cases_that_fail_are_named_in_every_report(made: Any) -> None:
    failing = replace(made(), audit=replace(made().audit, failing=("case-3",)))
    for shown in (text(failing), junit(failing), html(failing)):
        assert "cases.jsonl:4" in shown
        assert "case-3" in shown
    assert json.loads(json_text(failing.knowledge, failing.audit))["failing"] == ["case-3"]


# HTML.


@cache
def page(made: Any) -> Page:
    return Page(html(made()))


@EACH
def test_the_page_is_well_formed(made: Any) -> None:
    shown = page(made)
    assert shown.unbalanced == []
    tags = [tag for tag, _ in shown.tags]
    assert [tags.count(tag) for tag in ("main", "header", "footer", "h1")] == [1] * 4
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(below <= above + 1 for above, below in pairwise(levels))
    assert len(shown.ids) == len(set(shown.ids))
    assert {link.removeprefix("#") for link in shown.links} <= set(shown.ids)
    assert {anchor("section", name) for name in SECTIONS} <= set(shown.ids)


@EACH
def test_the_page_loads_nothing_and_needs_no_script(made: Any) -> None:
    loading = {"script", "link", "img", "iframe", "object", "embed", "image", "use", "base", "form", "source"}
    assert not loading & {tag for tag, _ in page(made).tags}
    names = {name for _, attributes in page(made).tags for name in attributes}
    assert not [name for name in names if name in ("src", "srcset", "style") or name.startswith("on")]
    written = html(made())
    assert not re.search(r"url\(|@import|https?://", written)


def test_every_rule_stands_with_its_conditions_in_plain_words_and_their_cases() -> None:
    shown = page(whole)
    for each in whole().audit.rules:
        there = " ".join(shown.texts[anchor("rule", each.id)].split())
        assert whole().knowledge.rules[each.id].title in there
        assert re.search(rf"\b{each.fired} cases? fires? it, {each.near_misses} nearly", there)
        for condition in each.conditions:
            said = f"true {condition.true} false {condition.false} unknown {condition.unknown} decides"
            assert said in there
    there = " ".join(shown.texts[anchor("rule", "tight-muscle")].split())
    assert "How does it feel? at least one of these:" in there
    assert "Painful <tightening>" in there
    assert "a long one (at least 601 seconds)" in shown.texts[anchor("rule", "long-cramp")]


def test_a_rule_that_lacks_something_stands_open_and_says_what() -> None:
    shown = page(lacking)
    made = lacking()
    for tag, attributes in shown.tags:
        if tag == "details" and "id" in attributes:
            name = attributes["id"].removeprefix("rule-")
            assert ("open" in attributes) == any(item.rule == name for item in made.not_shown)
    there = " ".join(shown.texts[anchor("rule", "no-swallowing")].split())
    assert '"Trouble swallowing": never true' in there
    assert "true 0" in there
    assert "never decides" in there
    assert "rules/danger/no-swallowing.toml:6" in there


def test_every_gap_and_change_names_its_place() -> None:
    made, shown = lacking(), html(lacking())
    for item in (*gathered(made.not_shown),):
        assert f">{item.where}<" in shown
    for survivor in made.audit.mutation.survivors:
        assert f">rules/{survivor.mutant.place}<" in shown


def test_no_name_of_the_files_is_left_where_there_are_plain_words() -> None:
    """Outside code, a clinician meets the words of the questionnaire and the titles of the rules."""
    written = re.sub(r"<style>.*?</style>|<code.*?</code>", "", html(report(twin=True)), flags=re.DOTALL)
    words = Page(written).text
    named = [*base(twin=True).question_of, "self_care", "at_least", "at_most"]
    assert [name for name in named if re.search(rf"(?<![\w-]){re.escape(name)} (is|in|at)\b", words)] == []
    assert "self_care" not in words


def refuted_by_somebody() -> Report:
    """An audit where a law is refuted by somebody who has answered everything."""
    made = whole()
    answers = {
        question.id: "none"
        if question.kind == "checklist"
        else question.values[0]
        if question.values
        else question.minimum
        for question in made.knowledge.questions.values()
    }
    somebody = Witness("somebody", "Somebody", read_answers(made.knowledge, answers))
    where = Name("disposition", "self_care"), "is not so", Location("ladder.toml", 1)
    first, *others = made.audit.proofs
    against = (Counterexample(*where, Verdict.REFUTED, (somebody,)),)
    proofs = replace(first, verdict=Verdict.REFUTED, exceptions=against), *others
    return replace(made, audit=replace(made.audit, proofs=proofs))


def test_a_witness_is_told_in_plain_words() -> None:
    first, *_ = refuted_by_somebody().audit.proofs
    shown = page(refuted_by_somebody).texts[anchor("proof", first.id)]
    told = " ".join(shown.split())
    assert re.search(r"A person who shows it: Who is this about\? (Me|Someone else) ", told)
    assert "Is there any of this? none" in told
    assert re.search(r"How long does it last\? \d+ \w+", told)


def test_proofs_stand_with_statement_and_verdict() -> None:
    for made in (whole, lacking):
        for proof in made().audit.proofs:
            there = page(made).texts[anchor("proof", proof.id)]
            assert proof.statement in there
            assert ("proved" in there) == (proof.verdict is Verdict.PROVED)
    assert "refuted" in page(lacking).texts[anchor("proof", "rules-add-something")]


def test_the_page_says_that_nobody_has_reviewed_the_rules() -> None:
    made = whole()
    assert made.knowledge.laws.not_reviewed in page(whole).text
    reviewed = replace(made, knowledge=replace(made.knowledge, reviewed_by_clinician=True))
    assert made.knowledge.laws.not_reviewed not in Page(html(reviewed)).text


def test_a_page_is_passed_on_so_it_names_no_folder_above_the_rules() -> None:
    assert "/somewhere" not in html(replace(lacking(), folder="/somewhere/else/rules"))


HOSTILE = '<script>alert("1")</script> & <b>{you}</b>'


def test_markup_in_the_knowledge_base_is_shown_not_run() -> None:
    made = lacking()
    knowledge = made.knowledge
    hostile = replace(
        knowledge,
        title=HOSTILE,
        rules={name: replace(rule, title=HOSTILE, topic=HOSTILE) for name, rule in knowledge.rules.items()},
        questions={name: replace(each, ask=HOSTILE) for name, each in knowledge.questions.items()},
        findings={name: replace(each, text=HOSTILE) for name, each in knowledge.findings.items()},
    )
    written = html(replace(made, knowledge=hostile))
    assert "<script" not in written
    assert "<b>you" not in written
    assert "{you}" not in written
    assert Page(written).unbalanced == []


def test_the_same_audit_gives_the_same_bytes() -> None:
    made = report(twin=True, few=True)
    again = audit(made.knowledge, made.cases)
    other = replace(made, audit=again, seconds=99.0)
    assert json_text(made.knowledge, made.audit) == json_text(made.knowledge, again)
    assert html(made) == html(other)
    assert junit(made) == junit(other)


# Red flags that are not asked of everybody.


@cache
def gated() -> Report:
    """The questions of the project; its rules have no part in who is asked, and their audit takes long."""
    asked = replace(KNOWLEDGE, rules={})
    return Report(audit(asked, [], proofs=False), asked)


def test_every_gated_red_flag_is_listed_with_its_rationale_and_somebody() -> None:
    rows = json.loads(json_text(KNOWLEDGE, gated().audit))["gated_red_flags"]
    assert [row["flag"] for row in rows] == list(KNOWLEDGE.gated_red_flags)
    shown, on_page = (" ".join(unescape(each(gated())).split()) for each in (text, html))
    for row in rows:
        assert row["rationale"]
        memory = working_memory(KNOWLEDGE, read_answers(KNOWLEDGE, row["not_asked"]))
        assert truth_of(KNOWLEDGE.question_of[row["flag"]].gates[row["flag"]], memory) is Truth.FALSE
        assert f"option {row['flag']}: asked only when: " in shown
        assert row["rationale"] in shown
        assert row["rationale"] in on_page
