"""What is wrong with a file of this room: where, what, and how to mend it."""

from __future__ import annotations

from requests_app.laws.errors import Problem, Refused

__all__ = ["KitFileError", "Problem", "Refused"]


class KitFileError(Exception):
    """A file that does not load; carries every problem found."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
