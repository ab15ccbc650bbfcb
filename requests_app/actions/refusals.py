"""What an action says when it will not act. A door turns it into a page or a problem document."""

from requests_app.laws.errors import Refused as NoAnswer


class Refused(NoAnswer):
    """Nothing was written. `code` is for programs, `sentence` for people, `field` names what to mend."""

    def __init__(self, code: str, sentence: str, *, field: str | None = None, status: int = 400) -> None:
        super().__init__(code, sentence, field or "")
        self.status = status


class NotYours(Refused):
    """Missing and forbidden are one answer: the viewer does not learn which."""

    def __init__(self) -> None:
        super().__init__("not_found", "There is nothing at this address.", status=404)
