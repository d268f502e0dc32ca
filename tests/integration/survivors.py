#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Programs that keep their files open for as long as they run.

usage: survivors.py keep             be one: read each 20 ms, check, say so
       survivors.py pty COMMAND...   run COMMAND on a terminal of its own
       survivors.py check DIR        DIR/{top,vmstat,htop,keep} is what such
                                     programs have printed: is it sensible?
"""

import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import time


def die(what, *shown):
    sys.exit(f"FAIL: {what}: {' | '.join(map(str, shown))}")


# --- keep ------------------------------------------------------------------

def counters(text):
    """The cpu lines of stat; each is a list of its columns."""
    return {line.split()[0]: list(map(int, line.split()[1:]))
            for line in text.splitlines() if line.startswith("cpu")}


def keep():
    """As psutil, collectd and the like: a buffered file, seek, read."""
    names = ("stat", "meminfo", "uptime")
    files = {n: open(f"/proc/{n}", encoding="ascii") for n in names}
    old, age, total, rounds = {}, 0.0, None, 0
    while True:
        text = {}
        for name, file in files.items():
            file.seek(0)
            text[name] = file.read()
        new = counters(text["stat"])
        for cpu, columns in old.items():
            if any(a > b for a, b in zip(columns, new[cpu])):
                die("a counter went back", columns, new[cpu])
        if float(text["uptime"].split()[0]) < age:
            die("uptime went back", age, text["uptime"])
        memory = int(re.search(r"MemTotal: +(\d+)", text["meminfo"]).group(1))
        if total not in (None, memory):
            die("MemTotal", total, memory)
        old, total = new, memory
        age = float(text["uptime"].split()[0])
        rounds += 1
        print(rounds, flush=True)
        time.sleep(0.02)


# --- pty -------------------------------------------------------------------

def on_terminal(command):
    pid, fd = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm"
        os.execvp(command[0], command)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 140, 0, 0))
    again = time.monotonic()
    try:
        while True:
            if select.select([fd], [], [], 0.1)[0]:
                os.write(1, os.read(fd, 65536))
            if time.monotonic() > again:
                # It prints what has changed, and after ^L all.
                os.write(fd, b"\x0c")
                again = time.monotonic() + 0.5
    except OSError:
        pass  # EIO: nobody has the terminal any more
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) or 1)


# --- check -----------------------------------------------------------------

def read(directory, name):
    with open(f"{directory}/{name}", encoding="utf-8", errors="replace") as f:
        return f.read()


def sane(name, line, values, high):
    for value in values:
        if not 0 <= value <= high:
            die(f"{name}: absurd: {value}", line)


def whole(name, line, values):
    """Shares of all the time there was."""
    sane(name, line, values, 100)
    if values and not 97 <= sum(values) <= 103:
        die(f"{name}: not 100 per cent", line)


def check_top(text):
    frames = totals = 0
    for line in text.splitlines():
        if line.startswith("%Cpu"):
            frames += 1
            shares = re.findall(r"(-?[\d.]+) [a-z]{2}", line)
            whole("top", line, list(map(float, shares)))
        elif re.match(r"[KMG]iB (Mem|Swap)", line):
            values = re.findall(r"(-?[\d.]+) [a-z]", line)
            sane("top", line, map(float, values), 1e6)
            totals += 1
    if totals != 2 * frames:
        die("top: parts are missing", frames, totals)
    return frames


def check_vmstat(text):
    rows = 0
    for line in text.splitlines():
        if re.match(r"\s*(procs|r)\b", line):
            continue
        values = list(map(int, line.split()))
        sane("vmstat", line, values, 1e9)
        whole("vmstat", line, values[12:17])
        rows += 1
    return rows


def check_htop(text):
    text = re.sub(r"\x1b\[[0-9;]*[Hd]", " ", text)  # moves
    text = re.sub(r"\x1b[\[(][0-9;?]*[A-Za-z]", "", text)
    shares = re.findall(r"(-?[\d.]+)%", text)
    sane("htop", "", map(float, shares), 100)
    if bad := re.search(r"nan|inf\b|-\d+\.\d%|not found|rror", text):
        die("htop", bad.group(0))
    return len(shares)


def check_keep(text):
    return int(text.split()[-1])


def check(directory):
    checks = {"top": check_top, "vmstat": check_vmstat, "htop": check_htop,
              "keep": check_keep}
    for name, function in checks.items():
        if os.path.exists(f"{directory}/{name}"):
            count = function(read(directory, name))
            print(f"{name}: {count} times")
            if count < 3:
                die(f"{name}: hardly ever", count)


def main():
    verb, *rest = sys.argv[1:] or [""]
    if verb == "keep" and not rest:
        keep()
    elif verb == "pty" and rest:
        on_terminal(rest)
    elif verb == "check" and len(rest) == 1:
        check(rest[0])
    else:
        sys.exit(__doc__)


main()
