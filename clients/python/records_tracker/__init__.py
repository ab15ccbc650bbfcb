"""The API of a public records tracker, typed. Standard library alone; Python 3.11 and later.

    from records_tracker import Client

    tracker = Client("https://tracker.example", token="prt_…")
    for row in tracker.each_requests_list(late=True):
        print(row["title"], row["next"])
"""

from .operations import Operations
from .transport import Answer, Problem, Sent

__all__ = ["Answer", "Client", "Problem", "Sent"]


class Client(Operations):
    """One tracker, asked by nobody or by a token. Every operation of its API is a method."""
