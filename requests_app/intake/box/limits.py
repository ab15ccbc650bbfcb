"""The numbers, and the one error that a file's reader may raise."""

from __future__ import annotations

import ctypes
import os
import resource

MEGABYTE = 1024 * 1024
ROWS = 100_000
COLUMNS = 200
CELL = 32_000
MEMORY = 1024 * MEGABYTE
CPU_SECONDS = 60
UNPACKED = 500 * MEGABYTE
MEMBERS = 1_000
RATIO = 100
# Below this much unpacked data a high ratio is a small sheet full of blanks, not a bomb.
RATIO_FROM = 8 * MEGABYTE


class Unreadable(Exception):
    """The file as a whole cannot be taken in. `sentence` is for the person who sent it."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


NEW_USER, NEW_NETWORK = 0x10000000, 0x40000000  # of unshare(2); Python has the call itself only from 3.12


def cut_off_network() -> bool:
    """A network of its own, with nothing in it. False where the system does not allow that."""
    flags = NEW_NETWORK if os.geteuid() == 0 else NEW_USER | NEW_NETWORK
    return bool(ctypes.CDLL(None, use_errno=True).unshare(flags) == 0)


def close_the_box() -> None:
    """No more memory or time than a log of 100,000 rows needs, no new files, processes or core dump."""
    cut_off_network()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
