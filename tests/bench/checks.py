#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One check of a container's files, run inside it: exit 0 when it holds.

usage: checks.py NAME [ARGUMENT]
"""

import os
import re
import sys
import threading
import time


def text(path):
    with open(path, encoding="ascii") as file:
        return file.read()


def total(wanted):
    """MemTotal is WANTED kB."""
    return text("/proc/meminfo").split()[:2] == ["MemTotal:", wanted]


def cpu_ids():
    """cpuinfo, stat and cpu/online name the same CPUs."""
    info = re.findall(r"^processor\t: (\d+)$", text("/proc/cpuinfo"), re.M)
    stat = re.findall(r"^cpu(\d+) ", text("/proc/stat"), re.M)
    online = text("/sys/devices/system/cpu/online").strip()
    return info == stat == [online]


def cpu_count(wanted):
    return text("/proc/cpuinfo").count("processor\t:") == int(wanted)


def offline(cpu):
    """The file of a CPU that is not shown says so."""
    return text(f"/sys/devices/system/cpu/cpu{cpu}/online") == "0\n"


def offsets():
    """A first read at n gives what is there; past the end there is nothing."""
    fd = os.open("/proc/meminfo", os.O_RDONLY)
    try:
        return os.pread(fd, 100, 200) != b"" and \
            os.pread(fd, 100, 1 << 20) == b""
    except OSError:
        return False


def threads():
    """Eight threads read one fd; nobody gets a torn text."""
    fd = os.open("/proc/meminfo", os.O_RDONLY)
    torn = []

    def reader():
        for _ in range(1500):
            lines = os.pread(fd, 65536, 0).decode().splitlines()
            if not lines or not all(
                    re.fullmatch(r"\S+: +\d+( kB)?", x) for x in lines):
                torn.append(1)

    all_threads = [threading.Thread(target=reader) for _ in range(8)]
    for thread in all_threads:
        thread.start()
    for thread in all_threads:
        thread.join()
    return not torn


def counters():
    """No field of stat goes back, and the first line is the sum."""
    old = {}
    end = time.monotonic() + 8
    while time.monotonic() < end:
        new = {}
        for line in text("/proc/stat").splitlines():
            if line.startswith("cpu"):
                name, *values = line.split()
                new[name] = list(map(int, values))
        rows = [v for k, v in new.items() if k != "cpu"]
        if new["cpu"] != [sum(x) for x in zip(*rows)]:
            return False
        if any(a < b for k in old for a, b in zip(new[k], old[k])):
            return False
        old = new
        time.sleep(0.02)
    return True


def used_time():
    """A busy container's first reading shows what it has used."""
    user = int(text("/proc/stat").split()[1])
    return 20 <= user <= 500


def slabinfo():
    """Not readable to everybody, as on the host."""
    return os.stat("/proc/slabinfo").st_mode & 0o777 == 0o400


def own(path):
    """Is PATH a view, and not the host's file?"""
    with open("/proc/self/mountinfo", encoding="ascii") as mounts:
        return any(line.split()[4] == path for line in mounts)


def main():
    sys.exit(0 if globals()[sys.argv[1]](*sys.argv[2:]) else 1)


main()
