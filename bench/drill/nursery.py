"""A warm process that bears loops of `send_due`: each line it reads is a birth, answered by a pid.

A process that has to import the whole program first would be killed before it did any harm.
"""

from __future__ import annotations

import os
import signal
import sys

import django

from foia_tracker.embedded.children import die_with_parent


def main() -> None:
    django.setup()
    from django.core.management import call_command
    from django.urls import reverse

    reverse("requests")
    # Whoever is killed leaves nothing to wait for.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    born: list[int] = []
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            die_with_parent(signal.SIGKILL)()
            # The call that reads the next line belongs to the parent.
            os.close(0)
            # What it says goes to the log; the parent alone answers with pids.
            os.dup2(2, 1)
            call_command("send_due", "--loop", "--every", "1")
            os._exit(0)
        born.append(pid)
        print(pid, flush=True)
    for pid in born:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


if __name__ == "__main__":
    main()
