#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Limits change while programs run: they go on, and see it.

usage: resize.py SECONDS STARTED EVENTS, in the container

The file STARTED is made when it has begun. EVENTS is a file with lines "TIME
NAME VALUE", by the clock: memory in kB, or cpus like 0-1. It may grow until
SECONDS are over.
"""

import math
import os
import re
import signal
import subprocess
import sys
import time

import report
import tsar

LATEST = 5 if report.EMULATED else 1
PERIOD = 0.1
WATCHED = (  # what is run, and which of its lines one picture has
    ("top", ["top", "-b", "-d1"], "-n", r"^%Cpu"),
    ("vmstat", ["vmstat", "-n", "1"], "", r"^ *\d+ +\d+ +\d+ "),
    ("mpstat", ["mpstat", "-P", "ALL", "1"], "", r" all "),
    ("sar", ["sar", "-u", "-r", "1"], "", r"^[\d:]+ +all "),
)


def text(path):
    with open(path, encoding="ascii") as file:
        return file.read()


class Sampler:
    """Ten times a second: nothing goes back, everything adds up."""

    def __init__(self):
        self.seen = []  # (when, {"memory": kB, "cpus": list})
        self.last = {}
        self.wrong = []
        self.columns = 0
        self.last_tsar = None

    def sample(self):
        when = time.time()
        meminfo = {k: int(v) for k, v in
                   re.findall(r"^(\w+): +(\d+)", text("/proc/meminfo"), re.M)}
        stat = text("/proc/stat")
        cpus = text("/sys/devices/system/cpu/online").strip()
        self.seen.append((when, {"memory": str(meminfo["MemTotal"]),
                                 "cpus": cpus}))
        self.counters(stat)
        if tsar.mem(text("/proc/meminfo"))["used"] > 1 << 62:
            self.wrong.append("tsar mem: used is huge")
        if not 0 < meminfo["MemAvailable"] <= meminfo["MemTotal"]:
            self.wrong.append(f"MemAvailable {meminfo['MemAvailable']}")

    def counters(self, stat):
        lines = {name: list(map(int, numbers)) for name, *numbers in
                 (line.split() for line in stat.splitlines())
                 if name.startswith("cpu")}
        for name, new in lines.items():
            old = self.last.get(name, new)
            if any(n < o for o, n in zip(old, new)):
                self.wrong.append(f"{name} went back: {old} {new}")
        total = lines.pop("cpu")
        if total != [sum(column) for column in zip(*lines.values())]:
            self.wrong.append(f"the lines do not add up: {total} {lines}")
        self.last.update(lines, cpu=total)

    def tsar(self):
        """Once a second: is there a column to show?"""
        new = tsar.cpu(text("/proc/stat"))
        if self.last_tsar and tsar.cpu_columns(self.last_tsar, new) is None:
            self.wrong.append(f"tsar prints dashes: {self.last_tsar} {new}")
        elif self.last_tsar:
            self.columns += 1
        self.last_tsar = new


def start_all(seconds):
    running = []
    for name, command, count, line in WATCHED:
        if report.have(name):
            child = report.start(*command, f"{count}{seconds}",
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            running.append((name, line, child))
    return running


def check_output(name, pattern, child, seconds, limits):
    """It ran to its end; what it printed were sensible numbers."""
    out, error = child.communicate()
    report.check(name, child.returncode == 0 and not error,
                 f"exit {child.returncode}, said {error.strip() or 'nothing'}")
    lines = [x for x in out.splitlines() if re.search(pattern, x)]
    report.between(f"{name}: pictures", seconds, seconds + 1, len(lines))
    if name == "vmstat":
        names = next(x for x in out.splitlines() if " us " in x).split()
        at = names.index("us")
        sums = [sum(map(int, x.split()[at:])) for x in lines]
    elif name == "top":
        sums = [sum(map(float, re.findall(r"([\d.]+) [a-z]{2}\b", x)))
                for x in lines]
        totals = re.findall(r"^MiB Mem : +([\d.]+) total", out, re.M)
        seen = {int(float(total) * 1024) for total in totals}
        report.check(f"{name}: totals, kB", seen <= limits and len(seen) > 1,
                     f"{sorted(seen)} of {sorted(limits)}")
    else:
        sums = [sum(map(float, x.split()[2:])) for x in lines]
    report.between(f"{name}: least of its sums", 98, 102, min(sums), "%")
    report.between(f"{name}: most of its sums", 98, 102, max(sums), "%")


def check_events(seen, events):
    """What is read LATEST s after a change, or later, shows it, until the next
    one; which is written down only after it. A sampler that had no CPU may have
    read nothing meanwhile, but not always."""
    looked = set()
    for i, (when, name, value) in enumerate(events):
        end, after = next(((t, v) for t, other, v in events[i + 1:]
                           if other == name), (math.inf, None))
        late = [what[name] for t, what in seen if when + LATEST <= t < end]
        while late and late[-1] == after:
            late.pop()
        wrong = {other for other in late if other != value}
        found = next((t - when for t, what in seen
                      if when <= t < end and what[name] == value), math.inf)
        report.check(f"{name} {value}", not wrong, f"seen after {found:.2f} s;"
                     f" after {LATEST} s: {', '.join(wrong) or 'nothing else'}")
        if late and value != seen[0][1][name]:
            looked.add(name)
    report.equal("changes that were looked at", ["cpus", "memory"],
                 sorted(looked))


def burn():
    """A load for the counters to count."""
    pid = os.fork()
    while pid == 0:
        pass
    return pid


def main():
    seconds = int(sys.argv[1])
    sampler = Sampler()
    load = burn()
    running = start_all(seconds)
    end = time.monotonic() + seconds
    with open(sys.argv[2], "w", encoding="ascii"):
        pass
    while time.monotonic() < end:
        sampler.sample()
        if len(sampler.seen) % 10 == 0:
            sampler.tsar()
        time.sleep(PERIOD)
    os.kill(load, signal.SIGKILL)
    os.waitpid(load, 0)

    events = [(float(when), name, value) for when, name, value in
              (line.split() for line in text(sys.argv[3]).splitlines())]
    limits = {int(value) for _, name, value in events if name == "memory"}
    report.between("events", 3, 99, len(events))
    for name, line, child in running:
        check_output(name, line, child, seconds, limits)
    check_events(sampler.seen, events)
    report.check("the sampler", not sampler.wrong,
                 f"{len(sampler.seen)} samples, wrong: "
                 f"{sampler.wrong[:3] or 'none'}")
    report.check("tsar cpu", sampler.columns > 0,
                 f"{sampler.columns} times columns, never dashes")
    report.finish()


main()
