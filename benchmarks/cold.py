"""Cold start: from the start of the process to the first answer."""

from collections.abc import Callable, Sequence
from statistics import median

from .book import Book
from .contenders import Contender
from .cores import Cores
from .figures import rotated
from .serving import ServingError, serving

NAME = "cold-start"
STARTS = 10


def run(contenders: Sequence[Contender], cores: Cores, starts: int, book: Book, say: Callable[[str], None]) -> None:
    """Start every contender `starts` times, in turns."""
    for number in range(starts):
        for contender in rotated(contenders, number):
            if contender.name not in book.absent and not book.rejected(NAME, contender.name):
                _start(contender, cores, book)
    for name, seconds in book.cold.items():
        say(f"cold start: {name:<21} {median(seconds) * 1000:>8.0f} ms")


def _start(contender: Contender, cores: Cores, book: Book) -> None:
    try:
        with serving(contender, cores) as server:
            book.cold.setdefault(contender.name, []).append(server.started)
    except ServingError as error:
        book.reject(NAME, contender.name, str(error))
        book.cold.pop(contender.name, None)
        if contender.ours and not contender.lacks:
            book.failures.append(f"{contender.name}, cold start: {error}")
