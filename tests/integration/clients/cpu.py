#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What programs say about CPU time is what the cgroup used and was denied.

usage: cpu.py CPUS BUSY STEAL LOADS [MS], in the container

CPUS, like 0,1, are those shown. LOADS processes use all the time they get, or
MS ms of it in each 100 ms. BUSY and STEAL, in per cent of those CPUs, are then
what the kernel says of the cgroup, on a machine that lets it run; each program
has to say what the kernel said in the same seconds.
"""

import os
import re
import signal
import subprocess
import sys
import threading
import time

import cgroup
import report
from cpu_samplers import samplers

SECONDS = 5 if report.EMULATED else 2
# Points of per cent: a program's seconds are not quite those of the kernel, and
# what was denied is known when a period of 100 ms is over.
SLACK = 20 if report.EMULATED else 9


def load(ms):
    """A process that uses all the time it gets, or MS of each 100 ms."""
    pid = os.fork()
    if pid:
        return pid
    end = time.monotonic()
    while True:
        until = time.thread_time() + (ms or 100) / 1000
        while time.thread_time() < until:
            pass
        end = max(end + 0.1, time.monotonic())
        if ms:
            time.sleep(max(0, end - time.monotonic()))


class Running(threading.Thread):
    """A sampler at work; the last of what it said, for all CPUs and each."""

    def __init__(self, sampler):
        super().__init__(daemon=True)
        self.sampler = sampler
        self.name = sampler.program
        self.child = report.start(
            "stdbuf", "-oL", *sampler.command(SECONDS),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.last = {}

    def run(self):
        for text in self.child.stdout:
            found = self.sampler.line(text)
            if found:
                self.last[found.get("cpu", "all")] = (time.monotonic(), found)

    def end(self):
        self.join()
        error = self.child.stderr.read()
        if self.child.wait() != 0 or error:
            report.check(self.name, False,
                         f"exit {self.child.returncode}: {error}")


def run_all():
    running = [Running(s) for s in samplers() if here(s.program)]
    for one in running:
        one.start()
    for one in running:
        one.end()
    return running


def here(program):
    if program == "psutil":
        return report.module(program)
    return program == "tsar" or report.have(program)


def compare(one, watch, cpus):
    """What ONE said of all CPUs with the kernel's."""
    if "all" not in one.last:
        report.check(one.name, False, "it said nothing")
        return
    when, got = one.last["all"]
    truth = cgroup.rates(watch, when - SECONDS, when, len(cpus))
    if one.name == "node":  # the whole is what it knows of
        both = truth["busy"] + truth["idle"]
        truth = {k: 100 * truth[k] / max(both, 1) for k in ("busy", "idle")}
        got = {k: got[k] for k in truth}
        if both < 20:  # next to nothing, so by chance the one or the other
            del truth["idle"], got["idle"], got["busy"]
    for key in ("busy", "steal", "idle"):
        if got.get(key) is not None:
            report.near(f"{one.name}: {key}", truth[key], SLACK, got[key], "%")
    report.check(f"{one.name}: others", "rest" not in got,
                 f"{got.get('rest', 'none')} of iowait, irq, guest")
    if "seconds" in got:
        report.between(f"{one.name}: all modes of each CPU",
                       got["least"] - 0.1, got["most"] + 0.1, got["seconds"],
                       "s")


def compare_each(one, cpus):
    """Its lines for each CPU: they are those shown, and add up to its whole."""
    each = {cpu: got for cpu, (_, got) in one.last.items() if cpu != "all"}
    if not each:
        return
    if one.name in ("psutil", "atop", "htop"):  # they count from 0
        wanted = list(range(len(cpus)))
    else:
        wanted = cpus
    if one.name == "htop" and len(cpus) == 1:
        wanted = sorted(each)
    report.equal(f"{one.name}: CPUs", wanted, sorted(each))
    if one.name == "psutil" or "all" not in one.last:
        return  # it has a time of its own for each and for all
    for key in ("busy", "steal"):
        mean = sum(got[key] for got in each.values()) / len(each)
        report.near(f"{one.name}: {key}, mean of its CPUs",
                    one.last["all"][1][key], 3, mean, "%", "its whole")


def processes(pids, cpus, truth):
    """Per process: /proc/PID/stat beside our uptime, as pidstat does it."""
    if not report.have("pidstat"):
        return
    text = report.run("pidstat", "-u", "-p", ",".join(map(str, pids)),
                      str(SECONDS), "1")
    names = next(x for x in text.splitlines() if "%CPU" in x).split()
    at = names.index("%CPU") - len(names)
    got = sum(float(line.split()[at]) for line in text.splitlines()
              if re.match(r"Average: +\d", line))
    report.between("pidstat: %CPU of the loads", 0,
                   truth["busy"] * len(cpus) + 2 * SLACK, got, "%")
    report.between("pidstat: %CPU of the loads, and the rest",
                   truth["busy"] * len(cpus) - 25, 100 * len(cpus) + 5, got,
                   "%")


def main():
    cpus = [int(cpu) for cpu in sys.argv[1].split(",")]
    busy, steal, loads = (int(n) for n in sys.argv[2:5])
    ms = float(sys.argv[5]) if len(sys.argv) > 5 else 0
    pids = [load(ms) for _ in range(loads)]
    try:
        with cgroup.Watch(cgroup.cpu, 0.1) as watch:
            running = run_all()
            if pids:
                since = time.monotonic()
                processes(pids, cpus, cgroup.rates(
                    watch, since - SECONDS, since, len(cpus)))
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    when = max([when for one in running for when, _ in one.last.values()],
               default=time.monotonic())
    truth = cgroup.rates(watch, when - SECONDS, when, len(cpus))
    report.note(f"the kernel: {truth['busy']:.0f} % busy,"
                f" {truth['steal']:.0f} % throttled,"
                f" {truth['idle']:.0f} % idle")
    for one in running:
        compare(one, watch, cpus)
        compare_each(one, cpus)
    for key, wanted in (("busy", busy), ("steal", steal)):
        report.near(f"the kernel: {key}", wanted, 2 * SLACK, truth[key], "%",
                    "the load")
    report.finish()


main()
