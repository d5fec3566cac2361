"""`triage new-rule`: begins a rule and its cases for an author."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NoReturn

import click

from triage.authoring.drafting import Case, case_gaps, cases_text, draft_cases
from triage.authoring.lint.case_files import VIGNETTES, mirror
from triage.authoring.rule_draft import Draft, DraftError, read_test, rule_text, tried
from triage.cli.common import ANY_PATH, Exit, leave
from triage.cli.files import print_lines, put
from triage.knowledge.checking.naming import advice_in
from triage.knowledge.error import KnowledgeBaseError
from triage.knowledge.files import Document, Folder, read_folder, schema
from triage.knowledge.gaps import gaps, named
from triage.knowledge.loader import checked
from triage.knowledge.model import KnowledgeBase
from triage.knowledge.parts.conditions import Written
from triage.source.atomic import make_folder, write_new
from triage.source.diagnostic import nearest
from triage.source.json_positions import place_of
from triage.source.pointer import pointer_text
from triage.source.strict_json import parse
from triage.source.targets import TargetError

_TOPIC = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST = 60
_OPTIONS = {
    "/when": "--finding",
    "/then/disposition": "--disposition",
    "/then/causes": "--cause",
    "/then/findings": "--concludes",
    "/then/steps": "--step",
    "/then/withholds": "--withholds",
    "/then/caution": "--caution",
    "/source/claims": "--claim",
    "/source/guidance": "--guidance",
    "/title": "--title",
    "/why/reason": "--reason",
    "/why/rationale": "--rationale",
}


EXAMPLES = """\b
What --finding takes:
  QUESTION.ITEM                 a checklist item that is present
  QUESTION=ITEM,ITEM            at least one of several
  QUESTION=ANSWER               an answer: yes, no, or an option
  QUESTION=THRESHOLD            a threshold, as other rules use it
  QUESTION=at_least:THRESHOLD   a threshold, said in full
  FINDING                       what other rules conclude
"""


@click.command(epilog=EXAMPLES)
@click.argument("topic", metavar="TOPIC")
@click.argument("name", metavar="ID")
@click.option("--title", default="", help="The pattern in a few words.")
@click.option("--disposition", default="", help="How soon, and to whom.")
@click.option(
    "--finding",
    "tests",
    multiple=True,
    metavar="FINDING[=VALUE]",
    help="What must be true for the rule to fire; repeat it to require several. The default VALUE is yes.",
)
@click.option("--cause", "causes", multiple=True, help="A possible cause that the rule names.")
@click.option(
    "--concludes", "findings", multiple=True, metavar="FINDING", help="A finding for other rules to test."
)
@click.option("--step", "steps", multiple=True, help="A self-care step that the rule offers.")
@click.option("--withholds", multiple=True, metavar="KIND", help="A kind of step that the rule holds back.")
@click.option(
    "--caution", default="", help="With --withholds: the warning beside such a step if the rule stays open."
)
@click.option("--claim", "claims", multiple=True, help="A claim of a source document as its source.")
@click.option("--guidance", multiple=True, help="Published guidance as its source.")
@click.option("--reason", default="", help='The rest of "because ...", in plain words to the person.')
@click.option("--rationale", default="", help="Why the rule is right, for the clinician who signs.")
@click.option("--new-topic", is_flag=True, help="Begin a new topic folder.")
@click.option(
    "--rules", type=ANY_PATH, metavar="FOLDER", help="The folder of the knowledge base.  [default: ./rules]"
)
@click.option("--cases", type=ANY_PATH, metavar="FOLDER", help="The folder of its cases.  [default: ./cases]")
def new_rule(
    topic: str, name: str, rules: str | None, cases: str | None, *, new_topic: bool, **said: Any
) -> None:
    """Begin a rule: write rules/TOPIC/ID.toml and cases/TOPIC/ID.json.

    The ID names the pattern (cramp-over-ten-minutes), never the advice. What you leave out is marked FILL IN
    in the files, and nothing loads until you fill it in. Nothing is ever overwritten.

    While a red flag has no rule, no other command accepts the knowledge base. Begin its rule here.

    Exit codes: 0 written, 2 an option does not fit (nothing is written), 4 the knowledge base does not load.
    """
    rules_folder, cases_folder = _folder(rules, "rules"), _folder(cases, "cases")
    files, knowledge = _load(rules_folder)
    draft, faults = _read(topic, name, said, knowledge)
    faults = [*_topic_faults(topic, knowledge, new_topic=new_topic), *_name_faults(name, knowledge), *faults]
    rule_file, case_file = rules_folder / draft.file, cases_folder / mirror(draft.file)
    if not faults:
        faults = [
            f"{path} already exists; it is not overwritten"
            for path in (rule_file, case_file)
            if path.exists()
        ]
    if faults:
        _refuse(faults)
    try:
        with_draft, rule = tried(draft, files, knowledge)
    except KnowledgeBaseError as error:
        _refuse(f"{_OPTIONS.get(each.pointer, each.pointer)}: {each.message}" for each in error.problems)
    drafted: list[Case] = []
    if draft.tests:
        drafted = draft_cases(with_draft, rule, expects_disposition=bool(draft.disposition))
    texts = {
        rule_file: rule_text(draft, knowledge.rungs),
        case_file: cases_text(drafted or case_gaps(name)),
    }
    _write_all(texts)
    put([_next_steps(texts, rules_folder, cases_folder)], None)
    if drafted and draft.disposition and "disposition" not in drafted[0]["expect"]:
        print_lines(
            "",
            f"The first case fires the rule, but does not yet come to {draft.disposition}: too little is",
            "answered, or another rule calls for more. Add a person who has answered every list,",
            f"and expect {draft.disposition} of that person.",
        )
    if draft.tests and not drafted:
        print_lines("No answers were found that fire the rule. Does one --finding exclude another?")


def _folder(named: str | None, usual: str) -> Path:
    folder = Path(named or usual)
    if folder.is_dir():
        return folder
    if named:
        raise click.UsageError(f"{named} is not a folder; name the folder of the {usual} with --{usual}")
    raise click.UsageError(
        f"there is no folder {usual} here; go to the folder of the project that holds rules and cases, "
        "or name both with --rules and --cases"
    )


def _load(folder: Path) -> tuple[Folder, KnowledgeBase]:
    try:
        files = read_folder(folder)
        return files, checked(files, unfinished=True)
    except KnowledgeBaseError as error:
        for problem in error.problems:
            click.echo(str(problem.in_file(str(folder / problem.file))), err=True)
        click.echo("The knowledge base does not load; fix this first.", err=True)
        leave(Exit.INVALID_KNOWLEDGE_BASE)


def _read(
    topic: str, name: str, said: Mapping[str, Any], knowledge: KnowledgeBase
) -> tuple[Draft, list[str]]:
    """Return the options as a draft, and their faults as far as loading would not find them."""
    faults: list[str] = []
    tests: list[Written] = []
    for finding in said["tests"]:
        try:
            test = read_test(finding, knowledge)
        except DraftError as error:
            faults.append(f"--finding: {error}")
        else:
            tests += [] if test in tests else [test]
    disposition = said["disposition"]
    if disposition not in ("", *knowledge.rungs):
        hint = nearest(disposition, knowledge.rungs) or f"; use one of {', '.join(knowledge.rungs)}"
        faults.append(f'--disposition: "{disposition}" is not a disposition{hint}')
    if said["caution"] and not said["withholds"]:
        faults.append("--caution goes with --withholds; say which kind of step it is about")
    lists = {key: list(dict.fromkeys(said[key])) for key in ("causes", "findings", "steps", "withholds")}
    then: dict[str, str | list[str]] = {key: names for key, names in lists.items() if names}
    if said["caution"]:
        then["caution"] = _one_line(said["caution"])
    draft = Draft(
        topic=topic,
        id=name,
        title=_one_line(said["title"]),
        tests=tuple(tests),
        disposition=disposition,
        then=then,
        reason=_one_line(said["reason"]),
        rationale=_one_line(said["rationale"]),
        claims=tuple(dict.fromkeys(said["claims"])),
        guidance=tuple(dict.fromkeys(said["guidance"])),
    )
    return draft, faults


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _topic_faults(topic: str, knowledge: KnowledgeBase, *, new_topic: bool) -> Iterator[str]:
    topics = list(dict.fromkeys(rule.topic for rule in knowledge.rules.values()))
    if topic in topics:
        return
    if not new_topic:
        hint = nearest(topic, topics) or f"; the topics are {', '.join(topics)}"
        yield f'there is no topic "{topic}"{hint} (--new-topic begins a new one)'
    elif topic == VIGNETTES:
        yield f'"{topic}" cannot be a topic; in the cases that folder holds whole people'
    elif not _TOPIC.fullmatch(topic) or len(topic) > _LONGEST:
        yield f'"{topic}" cannot be a topic; use a few small letters, digits and single underscores'


def _name_faults(name: str, knowledge: KnowledgeBase) -> Iterator[str]:
    if len(name) > _LONGEST:
        yield f"an id of {len(name)} characters is too long to read; use at most {_LONGEST}"
    elif not re.fullmatch(schema("rule")["properties"]["id"]["pattern"], name):
        better = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-0123456789")
        hint = f'; try "{better}"' if better else ""
        yield f'"{name}" cannot be an id; use small letters, digits and single hyphens{hint}'
    elif name in knowledge.rules:
        yield f'the rule "{name}" is already in {knowledge.rules[name].file}; choose another id'
    elif words := advice_in(name, knowledge):
        yield f'"{name}" says what to do ("{words}"); name the rule for the pattern that it recognises'


def _refuse(faults: Iterable[str]) -> NoReturn:
    for fault in faults:
        click.echo(fault, err=True)
    click.echo("Nothing was written.", err=True)
    leave(Exit.USAGE)


def _write_all(texts: Mapping[Path, str]) -> None:
    """Write all of the files or none of them, and never overwrite one."""
    with ExitStack() as undo:
        try:
            for path, text in texts.items():
                if not path.parent.is_dir():
                    make_folder(path.parent)
                    undo.callback(path.parent.rmdir)
                write_new(path, [text])
                undo.callback(path.unlink)
        except TargetError as error:
            fault = str(error)
        else:
            undo.pop_all()
            return
    _refuse([fault])


def _next_steps(texts: Mapping[Path, str], rules: Path, cases: Path) -> str:
    rule_file, case_file = texts
    lines = [f"Wrote {path}" for path in texts]
    to_fill_in = [*_rule_gaps(rule_file, texts[rule_file]), *_case_gaps(case_file, texts[case_file])]
    if to_fill_in:
        lines += ["", "Fill in, in place of what says FILL IN:", *(f"  {line}" for line in to_fill_in)]
    lines += [
        "",
        "Then:",
        f"  triage lint --rules {rules} --cases {cases}",
        f"  triage evaluate {case_file} --rules {rules}",
        f"  triage audit {cases} --rules {rules} --write-witnesses {cases}",
        "  Read the cases as people, and add the near misses that you think of.",
    ]
    return "\n".join(lines) + "\n"


def _rule_gaps(path: Path, text: str) -> Iterator[str]:
    document = Document(path.name, text, tomllib.loads(text))
    for place, what in gaps(document.data):
        yield f"{path}:{document.line_of(*place)} {pointer_text(named(place))} {what}"


def _case_gaps(path: Path, text: str) -> Iterator[str]:
    for place, what in gaps(parse(text)):
        yield f"{path}:{place_of(text, place)[0]} {pointer_text(named(place))} {what}"
