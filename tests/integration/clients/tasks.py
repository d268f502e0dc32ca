#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What programs say of processes, loads and times is the container's.

usage: tasks.py STARTED, in the container; STARTED: when, by the clock
"""

import math
import os
import re
import signal
import sys
import threading
import time

import cgroup
import report
import task_readers as read

FORKS = 100 if report.EMULATED else 400
BUSY = 4
LOAD_SECONDS = 12


class Counters(threading.Thread):
    """Reads, ten times a second, what may never go back."""

    def __init__(self):
        super().__init__(daemon=True)
        self.ended = threading.Event()
        self.samples = 0
        self.went_back = []

    def run(self):
        last = {}
        while not self.ended.is_set():
            new = self.look()
            for key, value in new.items():
                if value < last.get(key, 0):
                    self.went_back.append((key, last[key], value))
            last = new
            self.samples += 1
            self.ended.wait(0.1)

    @staticmethod
    def look():
        found = {}
        for line in read.text("/proc/stat").splitlines():
            name, *numbers = line.split()
            if not name.startswith("procs_"):
                found.update({(name, i): int(n)
                              for i, n in enumerate(numbers)})
        for i, number in enumerate(read.text("/proc/uptime").split()):
            found["uptime", i] = float(number)
        for line in read.text("/proc/vmstat").splitlines():
            name, number = line.split()
            if name.startswith("pg") and not name.startswith("pgd"):
                found[name] = int(number)
        return found


def process(does):
    pid = os.fork()
    if pid == 0:
        while True:
            does()
    return pid


def end(pids):
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def storm():
    """So many processes come and go; every program counts about as many. What
    is known is the newest one when somebody asks: here it stays until then."""
    report.note(f"{FORKS} processes come and go")
    before = read.forks()
    for _ in range(FORKS):
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
        time.sleep(0.002)
    newest = process(signal.pause)
    time.sleep(1.2)  # how long a count is shown
    after = read.forks()
    end([newest])
    for what, count in after.items():
        # The programs that were asked are processes, too.
        report.between(f"{what}: processes since", FORKS, FORKS + 150,
                       count - before[what])


def quiet():
    report.note("sleeping processes")
    pids = [process(signal.pause) for _ in range(10)]
    time.sleep(1.2)
    for what, count in read.processes().items():
        wanted = len([d for d in os.listdir("/proc") if d.isdigit()])
        report.near(f"{what}: processes", wanted, 2, count, "", "/proc has")
    for what, count in read.threads().items():
        wanted = int(cgroup.read("pids", "pids.current"))
        report.near(f"{what}: threads", wanted, 4, count)
    end(pids)


def busy():
    report.note(f"{BUSY} busy processes, {LOAD_SECONDS} s")
    since = time.monotonic()
    pids = [process(lambda: None) for _ in range(BUSY)]
    time.sleep(LOAD_SECONDS)
    for what, count in read.running().items():
        report.between(f"{what}: running", BUSY - 1, BUSY + 6, count)
    # 1 - exp(-12 / 60) of them, on a grid of 5 s; and who reads it takes time,
    # and runs, with another: on a slow CPU for minutes.
    loads = read.loads()
    part = 1 - math.exp(-(time.monotonic() - since + 5) / 60)
    for what, load in loads.items():
        report.between(f"{what}: load of a minute", BUSY * 0.07,
                       BUSY * (3 if report.EMULATED else 0.1 + 1.5 * part),
                       load)
    end(pids)
    report.note(f"os.getloadavg(): {os.getloadavg()[0]:.2f}: sysinfo(2)")


def times(started):
    report.note("how long it is running")
    before = time.time() - started
    uptimes = read.uptimes()
    after = time.time() - started  # one after the other has been asked
    for what, seconds in uptimes.items():
        slack = 61 if "min" in what else 4
        report.between(what, before - slack, after + slack, seconds, "s")
    beyond(started)


def beyond(started):
    """Both are reckoned from /proc/PID/stat, but only one with our uptime."""
    if report.have("ps"):
        out = report.run("ps", "-o", "lstart=", "-p", "1").strip()
        report.near("ps -o lstart: PID 1 was started", started, 5,
                    time.mktime(time.strptime(out)), "s", "it was")
        out = report.run("ps", "-o", "etimes=,pcpu=", "-p", "1").split()
        report.note(f"ps -o etimes,pcpu of PID 1: {out}: /proc/PID/stat")
    if report.have("busybox"):
        out = report.run("busybox", "uptime").strip()
        report.note(f"busybox {out}: sysinfo(2)")


def main():
    counters = Counters()
    counters.start()
    read.start_exporter()
    times(float(sys.argv[1]))
    storm()
    quiet()
    busy()
    counters.ended.set()
    counters.join()
    report.check("counters", not counters.went_back,
                 f"{counters.samples} samples, went back: "
                 f"{counters.went_back or 'none'}")
    switches = re.search(r"^ctxt (\d+)$", read.text("/proc/stat"), re.M)[1]
    report.note(f"context switches: {switches}, no source in a cgroup")
    read.end_exporter()
    report.finish()


main()
