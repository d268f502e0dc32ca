# SPDX-License-Identifier: Apache-2.0
"""What is compared, as lines that read like evidence, and how it ended."""

import importlib.util
import os
import shutil
import subprocess
import sys
import time

EMULATED = bool(os.environ.get("RESVIEW_EMULATED"))
MIB = 1 << 20

_compared = 0
_failed = 0
_skipped = set()


def _line(good, what, text):
    global _compared, _failed
    _compared += 1
    _failed += not good
    print(f"{'ok:' if good else 'FAIL:'} {what}: {text}", flush=True)


def shown(value, unit):
    if unit == "bytes":
        return f"{value / MIB:.1f} MiB"
    if isinstance(value, float):
        value = f"{value:.1f}"
    return f"{value} {unit}".rstrip()


def module(name):
    """Is there such a Python module?"""
    if importlib.util.find_spec(name):
        return True
    skip(name, _why(name) or "not installed")
    return False


def equal(what, wanted, got):
    """GOT has to be WANTED."""
    if wanted == got:
        _line(True, what, f"{got} = wanted")
    else:
        _line(False, what, f"wanted {wanted!r}, got {got!r}")


def between(what, low, high, got, unit=""):
    """GOT has to be a number from LOW to HIGH."""
    text = f"{shown(low, unit)} to {shown(high, unit)}"
    if low <= got <= high:
        _line(True, what, f"{shown(got, unit)}, within {text}")
    else:
        _line(False, what, f"wanted {text}, got {shown(got, unit)}")


def near(what, truth, slack, got, unit="", whose="the cgroup"):
    """GOT has to be TRUTH, but for SLACK."""
    text = (f"{shown(got, unit)}, {whose} {shown(truth, unit)},"
            f" +- {shown(slack, unit)}")
    _line(abs(got - truth) <= slack, what, text)


def check(what, good, text):
    """Something that is not a number."""
    _line(bool(good), what, text)


def note(text):
    """Not compared with anything: what no file can make right."""
    print(f"-- {text}", flush=True)


# What a program looks for where it would be installed.
NEEDS = {"sar": "/usr/lib/sysstat/sadc"}


def have(program):
    """Is there such a program? Says so, once, if there is not."""
    if shutil.which(program):
        needed = NEEDS.get(program, "/")
        if os.path.exists(needed):
            return True
        skip(program, f"not without {needed}")
        return False
    skip(program, _why(program) or "not installed")
    return False


def skip(program, reason):
    if program not in _skipped:
        _skipped.add(program)
        print(f"skipped: {program}: {reason}", flush=True)


def _why(program):
    try:
        with open(f"/programs/why/{program}", encoding="utf-8") as file:
            return file.read().strip()
    except OSError:
        return None


def run(*command, both=False):
    """What a program prints; that it fails is a failure of ours."""
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if both else subprocess.PIPE, check=False,
        text=True, timeout=600)
    if done.returncode != 0 or (not both and done.stderr):
        _line(False, command[0], f"exit {done.returncode}: {done.stderr}")
    return done.stdout


def start(*command, **more):
    """A program that goes on, but not longer than we do."""
    return subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", *command], text=True,
        stdin=subprocess.DEVNULL, **{"stderr": subprocess.DEVNULL, **more})


def until(ask, steady=False, seconds=60):
    """What ASK says, once it says something, and STEADY: twice the same."""
    end = time.monotonic() + seconds
    last = None
    while time.monotonic() < end:
        got = ask()
        if got and (not steady or got == last):
            break
        last = got
        time.sleep(0.2)
    return got


def finish():
    """Ends the program: 0, 1, or 77 when there was nothing to compare."""
    print(f"{_compared} compared, {_failed} wrong", flush=True)
    if _failed:
        sys.exit(1)
    if not _compared:
        nothing("none of the programs is here")
    sys.exit(0)


def nothing(reason):
    """There is nothing to compare."""
    print(f"SKIP: {reason}", flush=True)
    sys.exit(77)
