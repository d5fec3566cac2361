"""How far words reach that deny, date, compare or assure: marks on the words of a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from triage.interview.own_words.known_words.cues import Standing, kind_at
from triage.interview.own_words.known_words.phrases import Match
from triage.knowledge.parts.lexicon import Word

_WIDEST = 8
_NEAREST = 3
_LISTED = 3
_LONG_SENTENCE = 80
_JOINTS = ("and", "but")
_ALL = ("all", "both")
_PARTING = ("but", "though", "however", "so")


def sentences_of(words: Sequence[Word]) -> list[tuple[int, int]]:
    """Return where each sentence begins and ends; one that never ends is parted."""
    bounds, begin = [], 0
    for place, word in enumerate(words):
        long = place - begin >= _LONG_SENTENCE
        if (word.mark and (long or word.text in ".;!?")) or place - begin >= 2 * _LONG_SENTENCE:
            bounds.append((begin, place))
            begin = place + word.mark
    return [*bounds, (begin, len(words))]


def deny(
    words: Sequence[Word], found: Mapping[int, Match], standings: list[Standing], begin: int, end: int
) -> None:
    """Mark what follows a denial, as far as it reaches."""
    state, left, place, near = Standing.SO, 0, begin, False
    while place < end:
        kind, step = kind_at(found, place), 1
        if kind in ("denials", "freedoms", "near_denials", "no_denials", "doubts", "closers"):
            step = found[place].end - place + 1
        if kind == "denials" or (kind == "freedoms" and not _ends_part(words, found[place])):
            state, left, near = Standing.DENIED, _WIDEST, False
        elif kind == "near_denials":
            state, left, near = Standing.DENIED, _NEAREST, True
        elif kind == "doubts":
            state, left = Standing.DOUBTFUL, _WIDEST
        elif kind in ("closers", "no_denials"):
            state = Standing.SO
        elif words[place].mark or words[place].text == "and":
            state, left = _after_joint(words, found, place, end, state, left)
            if near and state is Standing.DENIED and not _is_linked(words, found, place, end):
                state = Standing.LISTED
        for each in range(place, min(place + step, end)):
            standings[each] |= state
        left -= not words[place].mark
        if left < 0:
            state = Standing.SO
        place += step


def _after_joint(
    words: Sequence[Word], found: Mapping[int, Match], place: int, end: int, state: Standing, left: int
) -> tuple[Standing, int]:
    """Return how far a denial reaches over a comma or "and"."""
    if state is Standing.SO or left <= _NEAREST - _WIDEST:
        return state, left
    if _begins_anew(words, found, place + 1, end):
        return Standing.SO, 0
    plain = _turn(found, place, end) == end and _is_plain_list(words, found, place, end)
    if plain or _is_linked(words, found, place, end):
        return state, _WIDEST
    if words[place].mark and _length(words, place + 1, end) > _LISTED:
        return Standing.SO, 0
    return Standing.LISTED, _WIDEST


def _turn(found: Mapping[int, Match], place: int, end: int) -> int:
    """Return where a sentence takes a turn behind a place; its end where it takes none."""
    return next((each for each in range(place + 1, end) if kind_at(found, each) == "closers"), end)


def _is_linked(words: Sequence[Word], found: Mapping[int, Match], place: int, end: int) -> bool:
    """Whether "or" or a slash links what stands before a joint with what follows."""
    near = words[place + 1 : min(_turn(found, place, end), place + 1 + 2 * _WIDEST)]
    return words[place].text == "/" or any(word.text in ("or", "nor") for word in near)


def _is_plain_list(words: Sequence[Word], found: Mapping[int, Match], place: int, end: int) -> bool:
    """Whether nothing but two or more short parts follow, none with a cue: ", rash, swelling."."""
    parts = 0
    while place < end:
        length = _length(words, place + 1, end)
        if not words[place].mark or words[place].text != "," or not 0 < length <= _LISTED:
            return False
        if any(kind_at(found, each) for each in range(place + 1, place + 1 + length)):
            return False
        parts, place = parts + 1, place + 1 + length
    return parts > 1


def _length(words: Sequence[Word], place: int, end: int) -> int:
    """Return how many words stand before the next mark."""
    length = 0
    while place + length < end and not words[place + length].mark:
        length += 1
    return length


def _begins_anew(words: Sequence[Word], found: Mapping[int, Match], place: int, end: int) -> bool:
    """Whether a new statement begins: a subject, perhaps after "and"."""
    if place < end and words[place].text == "and":
        place += 1
    return place < end and kind_at(found, place) in ("subjects", "writer", "relations", "pronouns", "closers")


def is_turned(words: Sequence[Word], cue: Match, negations: frozenset[str]) -> bool:
    """Whether a negation stands before some words in their part: "not right", "can't lift it as usual"."""
    for back in range(cue.start - 1, -1, -1):
        if words[back].mark or words[back].text in _JOINTS:
            return False
        if words[back].text in negations:
            return True
    return False


def mark_before(words: Sequence[Word], cue: Match, standings: list[Standing], mark: Standing) -> None:
    """Mark what stands before words that end their part of a sentence: "chest pain: none", "all is fine"."""
    if not _ends_part(words, cue):
        return
    back = cue.start - 1
    joints = ":?(-," if len(cue.places) > 1 and mark is Standing.DENIED else ":?(-"
    if back >= 0 and words[back].mark and words[back].text in joints:
        back -= 1
    if words[cue.start].text in _ALL:
        back = _before_list(words, back, standings, mark)
    mark_part(words, back, standings, mark)


def _ends_part(words: Sequence[Word], cue: Match) -> bool:
    after = cue.end + 1
    return after >= len(words) or words[after].mark or words[after].text in _JOINTS


def _before_list(words: Sequence[Word], back: int, standings: list[Standing], mark: Standing) -> int:
    """Mark the parts of a list that ends at a place, and return the place where its first part ends."""
    while True:
        joint = back
        while joint >= 0 and not words[joint].mark and words[joint].text != "and":
            joint -= 1
        if joint < 0 or back - joint > _LISTED or (words[joint].mark and words[joint].text != ","):
            return back
        for place in range(joint, back + 1):
            standings[place] |= mark
        back = joint - 1


def refute(
    words: Sequence[Word], guesses: Iterable[Match], cue: Match, standings: list[Standing], begin: int
) -> None:
    """Mark what was feared or looked for before words that refute it and end their part: "but it isn't"."""
    if not _ends_part(words, cue):
        return
    starts = [each.start for each in guesses if begin <= each.start < cue.start]
    for place in range(min(starts, default=cue.start), cue.start):
        standings[place] |= Standing.DENIED


def mark_over(words: Sequence[Word], cue: Match, standings: list[Standing]) -> None:
    """Mark what is no longer so: what stands inside some words, or before them, a joint between or none.

    "Quinine was stopped", "potassium low in winter but okay now", "off the thinners now".
    """
    inside = set(range(cue.start, cue.end)).difference(cue.places)
    for place in inside:
        standings[place] |= Standing.OVER
    back = cue.start - 1
    while back >= 0 and (words[back].text in _JOINTS or (words[back].mark and words[back].text == ",")):
        back -= 1
    if not inside:
        mark_part(words, back, standings, Standing.OVER)


def turn(guesses: Iterable[Match], cue: Match, standings: list[Standing], begin: int) -> None:
    """Mark what was thought before words that tell what it was instead: "they feared X but it was Y"."""
    starts = [each.start for each in guesses if begin <= each.start < cue.start]
    for place in range(min(starts, default=cue.start), cue.start):
        standings[place] |= Standing.TURNED


def mark_part(words: Sequence[Word], back: int, standings: list[Standing], mark: Standing) -> None:
    """Mark the words from a place back to where their part of the sentence, or what came "then", begins."""
    while back >= 0 and not words[back].mark and words[back].text not in (*_JOINTS, "then"):
        standings[back] |= mark
        back -= 1


def before_joint(words: Sequence[Word], start: int) -> int:
    """Return the place before some words, or before a joint that stands near them: "but that's been so"."""
    near = range(start - 1, max(-1, start - 1 - _NEAREST), -1)
    joint = next((at for at in near if words[at].mark or words[at].text in _JOINTS), start)
    return joint - 1


def _clauses(
    words: Sequence[Word], found: Mapping[int, Match], begin: int, end: int
) -> list[tuple[int, int]]:
    """Return the parts of a sentence that say one thing each: parted at marks, "but" and a new subject."""
    bounds, start = [], begin
    for place in range(begin, end):
        parts = kind_at(found, place) == "closers" and words[place].text in _PARTING
        joint = words[place].mark or (
            words[place].text == "and"
            and (_begins_anew(words, found, place + 1, end) or kind_at(found, place + 1) == "present")
        )
        if (parts or joint) and place > start:
            bounds.append((start, place))
            start = place
    return [*bounds, (start, end)]


def date(
    words: Sequence[Word], found: Mapping[int, Match], standings: list[Standing], begin: int, end: int
) -> None:
    """Mark clauses that tell of the past, unless they tell of today too."""
    led = False
    for start, stop in _clauses(words, found, begin, end):
        kinds = {kind_at(found, place) for place in range(start, stop)}
        told = "past" in kinds or led
        if not told or "present" in kinds:
            led = False
            continue
        led = led or _is_date(words, found, start, stop)
        for place in range(start, stop):
            standings[place] |= Standing.PAST


def _is_date(words: Sequence[Word], found: Mapping[int, Match], start: int, stop: int) -> bool:
    """Whether a clause does nothing but tell when: "two years ago,"."""
    first = start + words[start].mark
    return kind_at(found, first) == "past" and found[first].end + 1 == stop


def guess(
    words: Sequence[Word], found: Mapping[int, Match], standings: list[Standing], begin: int, end: int
) -> None:
    """Mark what follows a comparison or a guess, up to the next mark or turn of the sentence."""
    for place in range(begin, end):
        kind = kind_at(found, place)
        if kind not in ("guesses", "likenesses"):
            continue
        mark = Standing.GUESSED if kind == "guesses" else Standing.GUESSED | Standing.LIKENED
        for after in range(found[place].end + 1, end):
            if words[after].mark or kind_at(found, after) == "closers":
                break
            standings[after] |= mark


def leave_unmade(
    words: Sequence[Word], found: Mapping[int, Match], standings: list[Standing], begin: int, end: int
) -> None:
    """Mark what is given up or only planned, up to a mark or a new statement: "gave up coffee"."""
    for place in range(begin, end):
        if kind_at(found, place) != "unmade":
            continue
        for after in range(place + 1, end):
            turns = kind_at(found, after) == "closers" or words[after].mark
            if turns or (words[after].text == "and" and _begins_anew(words, found, after + 1, end)):
                break
            standings[after] |= Standing.OVER
