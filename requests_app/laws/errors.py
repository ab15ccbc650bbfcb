"""What laws say when they cannot do what was asked: a code, a sentence, and the field it is about."""

from __future__ import annotations

from dataclasses import dataclass


class Refused(Exception):
    """An input that has no answer. `code` is stable for programs, `sentence` is for people."""

    def __init__(self, code: str, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.field = field

    def to_json(self) -> dict[str, str]:
        return {"code": self.code, "sentence": self.sentence, "field": self.field}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a law file: where, what, and how to mend it."""

    file: str
    line: int | None
    rule: str
    field: str
    says: str
    fix: str = ""

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        within = " ".join(
            part for part in (self.rule and f"rule {self.rule}", self.field and f"field {self.field}") if part
        )
        return (
            f"{where}: {within + ': ' if within else ''}{self.says}{' Fix: ' + self.fix if self.fix else ''}"
        )


class LawFileError(Exception):
    """A law file that does not load; carries every problem found."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
