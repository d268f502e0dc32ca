#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Do to a running resviewd what must not be seen by any reader.

usage: killer.py RUN_DIR SUPERVISOR SECONDS ACTION=LOW-HIGH...

Each ACTION is done every LOW to HIGH ms, at random, independently:

  worker      SIGKILL to a worker
  stop        SIGSTOP to a worker: it hangs
  reload      SIGHUP to the supervisor: an upgrade
  supervisor  SIGKILL to the supervisor

SUPERVISOR is its pid, or a file that has it and follows its replacements.
Prints how often each was done. Nobody is hit but a process of that name.
"""

import os
import random
import signal
import sys
import time

EXTRA_S = 10
SUPERVISOR, WORKER = "resviewd", "resview-worker"
SIGNALS = {
    "worker": signal.SIGKILL,
    "stop": signal.SIGSTOP,
    "reload": signal.SIGHUP,
    "supervisor": signal.SIGKILL,
}


def read(path):
    """The file's text; nothing if there is no such file or process."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""


def stat(pid):
    """The process's name and the fields after it in /proc/PID/stat."""
    name, _, rest = read(f"/proc/{pid}/stat").partition("(")[2].rpartition(")")
    return name, rest.split()


def supervisor(where):
    text = where if where.isdigit() else read(where)
    return int(text) if text.strip().isdigit() else None


def workers(run_dir, parent):
    """The supervisor's, and the one that a dead supervisor has left."""
    pids = set()
    if parent:
        for task in os.listdir(f"/proc/{parent}/task"):
            pids.update(map(int, read(
                f"/proc/{parent}/task/{task}/children").split()))
    for line in read(f"{run_dir}/worker").splitlines():
        pid, ticks = line.split()
        if stat(pid)[1][19:20] == [ticks]:
            pids.add(int(pid))
    return sorted(pids)


def takes_hangup(pid):
    """Not before it has said what a SIGHUP is to do; systemd waits too."""
    masks = dict(line.split(":", 1) for line in
                 read(f"/proc/{pid}/status").splitlines())
    bit = 1 << (signal.SIGHUP - 1)
    return any(int(masks.get(name, "0"), 16) & bit
               for name in ("SigBlk", "SigCgt"))


def hit(pid, name, number):
    """By pidfd: the process that is looked at is the one that is hit."""
    try:
        pidfd = os.pidfd_open(pid)
    except OSError:
        return False
    try:
        if stat(pid)[0] != name:
            return False
        if number == signal.SIGHUP and not takes_hangup(pid):
            return False
        signal.pidfd_send_signal(pidfd, number)
        return True
    except OSError:
        return False
    finally:
        os.close(pidfd)


def act(action, run_dir, where):
    try:
        parent = supervisor(where)
        if action in ("reload", "supervisor"):
            return parent and hit(parent, SUPERVISOR, SIGNALS[action])
        living = workers(run_dir, parent)
    except FileNotFoundError:  # it died meanwhile
        return False
    random.shuffle(living)
    return any(hit(pid, WORKER, SIGNALS[action]) for pid in living)


def main():
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    run_dir, where, seconds = sys.argv[1:4]
    plan = {}
    for arg in sys.argv[4:]:
        action, _, each = arg.partition("=")
        low, _, high = each.partition("-")
        if action not in SIGNALS:
            sys.exit(__doc__)
        plan[action] = (int(low) / 1000, int(high or low) / 1000)

    end = time.monotonic() + float(seconds)
    due = {action: time.monotonic() + random.uniform(*plan[action])
           for action in plan}
    done = dict.fromkeys(plan, 0)
    missed = 0
    # Each once at least, however busy the machine is.
    while (action := min(due, key=due.get)) and (
            due[action] < end or (not all(done.values())
                                  and due[action] < end + EXTRA_S)):
        time.sleep(max(0, due[action] - time.monotonic()))
        if act(action, run_dir, where):
            done[action] += 1
        else:
            missed += 1
        due[action] = time.monotonic() + random.uniform(*plan[action])
    print(", ".join(f"{n} x {action}" for action, n in done.items())
          + f", {missed} times there was nobody to hit")
    sys.exit(0 if all(done.values()) else 1)


main()
