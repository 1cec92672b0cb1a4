"""Plain words: the tree contains no word, phrase or old name that the project has replaced."""

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
THIS = Path(__file__).relative_to(ROOT).as_posix()


class Banned(NamedTuple):
    """A pattern that must not occur, and what to say instead. example: text that it matches."""

    pattern: str
    use: str
    example: str


def phrase(words: str, use: str, example: str = "") -> Banned:
    """Ban words of prose, in any case, also as parts of a name."""
    return Banned(rf"(?<![a-z])(?:{words})(?![a-z])", use, example or words)


def name(names: str, use: str) -> Banned:
    """Ban names of the code, with exactly these capitals, also as parts of longer ones."""
    return Banned(rf"(?<![a-z])(?:{names})(?![a-z])", use, names.partition("|")[0])


# In lower case, with a space for each underscore.
PROSE = (
    phrase("whoever", "a noun"),
    phrase("told", "returned, sent or reported"),
    phrase("not to be had", "cannot reach", "the state is not to be had"),
    phrase("by heart", "from memory or a cache"),
    phrase("neighbou?r(?:s|hood|ing)?", "other process, bus", "neighbours"),
    phrase("hear(?:s|d|er|ers|ing)?", "receive, subscriber", "it is heard"),
    phrase("(?:un)?str(?:ikes?|uck|iking)", "apply a fault, or delete", "what was struck"),
    phrase("spoil(?:s|t|ed|ing|er)?", "apply a fault", "spoiled"),
    phrase("dear(?:er|est)", "more expensive", "dearest"),
    phrase("could not ?look|couldnotlook", "inconclusive", "could_not_look"),
    phrase("nobody|somebody|anybody", "no client, another process", "nobody waits"),
    phrase("com(?:e|es|ing) to be|came to be", "becomes", "it comes to be"),
    phrase("purses?", "budget"),
    phrase("bills?", "cost estimate"),
    phrase("anew|afresh", "again"),
    phrase("parted", "split"),
    phrase("said twice", "duplicate"),
    phrase("a no(?=[.,:;]| is | to )", "a refusal", "a no."),
    phrase("go(?:es|ing)? on|went on|gone on", "continue", "goes on"),
    phrase("let(?:s|ting)? go(?: of)?", "delete, evict or expire", "lets go"),
    phrase("forg[eo]t(?:s|ten|ting)?", "delete, evict or expire", "forgets"),
    phrase("dismiss(?:es|ed|ing)?", "cancel or delete", "dismissed"),
    phrase("is to be|are to be", "must be, will be", "is to be"),
    phrase("agendas?", "scheduler"),
    phrase("bells?", "event"),
    phrase("belongs? into", "move it to", "its value belongs into X"),
    phrase("right (?:one|server|service)s?", "conforming server", "the right server"),
    phrase("given out", "sent", "could have given out"),
    phrase("say whose|whose it is", "missing query parameter", "Say whose"),
    phrase("intake", "body reader"),
    phrase("ledgers?", "index, images made"),
    phrase("soundness|unsound", "valid, invalid", "unsound"),
    phrase("errands?", "call"),
    phrase("in the midst", "during, meanwhile"),
    phrase("under way", "running, in progress"),
    phrase("for ever", "forever, permanent"),
    phrase("st(?:and|ands|anding|ood) still", "stopped, frozen", "stands still"),
    phrase("surely", "certainly"),
    phrase("came", "arrived, was sent; outcome, result", "as it came"),
    phrase("look(?:s|ed)? at", "check, read", "the rule looked at"),
    phrase("(?:after|for|about|at most) so many", "the number itself", "after so many seconds"),
    phrase("held to what|held against", "is correct, compared with", "held to what it says"),
    phrase("(?:those|ones?|all) that there (?:is|are)", "existing, known", "those that there are"),
    phrase("in (?:its|their) time", "as planned, later", "ends in its time"),
    phrase("nought", "zero"),
    phrase(
        r"(?<!there )(?:is|are|was|were) no (?!longer\b|more\b|less\b|fewer\b|such\b|[a-z]+er\b)[a-z]+",
        "is not a",
        "X is no setting",
    ),
)
# As written.
EXACT = (
    Banned(
        r"""(?:^[ ]*|\"{3}|["'(|*>-][ ]?|(?<!\#)\#[ ]|[.:;][ ])(?:Who|Whoever|What|Which)[ ](?![^.\n]*\?)""",
        "a noun as the subject",
        '"""What a check costs."""',
    ),
    Banned(r"def (?:test_)?(?:what|who|whoever|whatever|which)_", "a noun as the subject", "def test_what_is_sent("),
    Banned(r"\b(?:None|null) where\b", "None if", "None where it has none"),
    Banned(r"\b[Rr]aises? \w+Error where\b", "raise it if", "Raise ValueError where"),
    Banned(r"\"{3}Tell\b", "Return whether", '"""Tell whether'),
    Banned(r"[\"'`]held[\"'`]|\brules? held\b", "passed", "`held`"),
    Banned(r"[\"'`]ours[\"'`]|source: ours\b", "assumed", "source: ours"),
    Banned(r"source: family\b", "inferred", "source: family"),
    name("Visit|Visits", "RequestContext"),
    name("Gathering", "CorkedTransport"),
    name("Patience", "ClientDeadline"),
    name("OnDemand", "LazyApp"),
    name("Beginning", "GenerationRequest"),
    name("Ear", "Subscriber"),
    name("Wish", "PendingUpdate"),
    Banned(r"class Turns\b|\bTurns\(self", "UpdateBatcher", "class Turns"),
    name("Meant|meant_by_path", "resolve_world"),
    name("Admission", "Auth"),
    name("Dress", "Presentation"),
    name("Manner", "SendStrategy"),
    name("Latch", "LockSlot"),
    name("figure_of|spares=", "cost_from_role, free_with_role"),
    Banned(r"(?<![a-z_.])settled\(", "advance_to", "def settled("),
    Banned(r"class (?:Paths|Known|Line)\b", "ExactRouter, WorldCache, Connection", "class Known"),
    Banned(r"\b(?:[A-Z_]*_)?(?:MOST|LONGEST|LARGEST)(?:_[A-Z_]+)?\b", "MAX_ with a unit", "MOST_SECONDS"),
)
FINE = (
    "there is no lock",
    "it is no longer there",
    "a no-op",
    "a no_op",
    "What is this?",
    "the lock is held",
    "a billion spoilers",
    "almost AIIMAGE_TOKEN_ALMOST_LIMITED",
)
# Words that are foreign terms in these files, with the reason.
ALLOWED: dict[str, tuple[str, str]] = {}


def any_of(group: tuple[Banned, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{each.pattern})" for each in group), re.MULTILINE)


ANY_PROSE, ANY_EXACT = any_of(PROSE), any_of(EXACT)


def hits(text: str) -> list[tuple[int, str, str]]:
    """Return line number, text found and what to use instead for each banned word in a text."""
    prose = text.replace("_", " ").lower()
    found = [*_hits(prose, ANY_PROSE, PROSE), *_hits(text, ANY_EXACT, EXACT)]
    return sorted(found)


def _hits(text: str, any_banned: re.Pattern[str], group: tuple[Banned, ...]) -> Iterator[tuple[int, str, str]]:
    for match in any_banned.finditer(text):
        banned = next(each for each in group if re.compile(each.pattern, re.MULTILINE).match(text, match.start()))
        yield text.count("\n", 0, match.start()) + 1, match[0].strip(), banned.use


def tracked_texts() -> Iterator[tuple[str, str]]:
    """Yield path and content of each text file that is tracked, or new and not ignored."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("only a git checkout lists its files")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for path in filter(None, listed.split("\0")):
        if path != THIS and (ROOT / path).is_file():
            try:
                yield path, (ROOT / path).read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def test_the_tree_is_in_plain_words() -> None:
    found = [
        (path, number, word, use)
        for path, text in tracked_texts()
        for number, word, use in hits(text)
        if word.lower() != ALLOWED.get(path, ("", ""))[0]
    ]
    counts = Counter(path for path, *_ in found)
    lines = [f"{path}:{number}: {word} -> {use}" for path, number, word, use in found]
    lines += ["", "Count by file:", *(f"{count:5} {path}" for path, count in counts.most_common())]
    if found:
        pytest.fail(f"{len(found)} banned words in {len(counts)} files\n" + "\n".join(lines), pytrace=False)


def test_each_example_is_found_and_plain_text_is_not() -> None:
    assert [
        banned.example for banned in (*PROSE, *EXACT) if banned.use not in {use for _, _, use in hits(banned.example)}
    ] == []
    assert {text: found for text in FINE if (found := hits(text))} == {}


def test_each_exception_is_needed() -> None:
    texts = dict(tracked_texts())
    unused = [
        path for path, (word, _) in ALLOWED.items() if word not in {found.lower() for _, found, _ in hits(texts[path])}
    ]
    assert unused == []
