#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A container's files beside the files of its cgroup, on cgroup v2.

usage: beside.py ROOT CGROUP CHECK...

Each figure has to lie between what the cgroup's file says before and what it
says after our file was read; limits are those of all levels.
"""
import math
import os
import re
import sys

TOP = "/sys/fs/cgroup"
root, cgroup, checks = sys.argv[1], sys.argv[2], sys.argv[3:]
bad = 0


def text(path):
    try:
        with open(path, encoding="ascii") as file:
            return file.read()
    except OSError:  # no such controller, or no PSI
        return ""


def levels():
    at = cgroup
    while at != TOP:
        yield at
        at = os.path.dirname(at)


def own(name):
    """Of the nearest level that has the file."""
    return next(filter(None, (text(f"{at}/{name}") for at in levels())), "")


def keys(value):
    return {k: int(v) for k, v in
            (line.split()[:2] for line in value.splitlines())}


def tightest(name):
    values = (text(f"{at}/{name}").strip() for at in levels())
    return min((int(v) for v in values if v.isdigit()), default=math.inf)


def meminfo(path):
    return {k.rstrip(":"): int(v) * 1024 for k, v in
            (line.split()[:2] for line in text(path).splitlines())}


def within(what, before, shown, after, slack=0):
    """SLACK is what rounding may do, and what the kernel adds up late."""
    global bad
    low, high = min(before, after) - slack, max(before, after) + slack
    good = low <= shown <= high
    bad += not good
    print(f"{what}: {shown}, cgroup {before} to {after}"
          + ("" if good else "  WRONG"))


# ROUND: what is shown in kB.
ROUND = 1024


def memory():
    host = meminfo("/proc/meminfo")
    names = {"AnonPages": "anon", "Cached": "file", "Shmem": "shmem",
             "Mapped": "file_mapped", "KernelStack": "kernel_stack",
             "PageTables": "pagetables", "Slab": "slab"}
    before, stat = int(own("memory.current")), keys(own("memory.stat"))
    m = meminfo(f"{root}/proc/meminfo")
    after, then = int(own("memory.current")), keys(own("memory.stat"))
    total = min(tightest("memory.max"), host["MemTotal"])
    within("MemTotal", total, m["MemTotal"], total, ROUND)
    if total < host["MemTotal"] and total == tightest_own():
        within("MemFree", total - before, m["MemFree"], total - after,
               ROUND + (64 << 10))
    for line, key in names.items():
        within(line, stat[key], m[line], then[key], ROUND + (64 << 10))


def tightest_own():
    value = text(f"{cgroup}/memory.max").strip()
    return int(value) if value.isdigit() else math.inf


def swap():
    """What others have of it is not free either."""
    def used():
        return max(int(own("memory.swap.current")), total
                   - meminfo("/proc/meminfo")["SwapFree"])

    total = min(tightest("memory.swap.max"),
                meminfo("/proc/meminfo")["SwapTotal"])
    before = used()
    m = meminfo(f"{root}/proc/meminfo")
    after = used()
    within("SwapTotal", total, m["SwapTotal"], total, ROUND)
    within("SwapFree", total - before, m["SwapFree"], total - after, ROUND)
    rows = text(f"{root}/proc/swaps").splitlines()[1:]
    within("lines of swaps", 1, len(rows), 1)
    size, gone = (int(n) * 1024 for n in rows[0].split()[2:4])
    within("size in swaps", total, size, total, ROUND)
    within("used in swaps", before, gone, after, ROUND)


def hugetlb():
    host = meminfo("/proc/meminfo")
    page = host["Hugepagesize"]
    name = f"hugetlb.{page >> 20}MB"
    total = min(tightest(f"{name}.max") // page,
                host["HugePages_Total"] // 1024)
    used = int(own(f"{name}.current")) // page
    m = meminfo(f"{root}/proc/meminfo")
    within("HugePages_Total", total, m["HugePages_Total"] // 1024, total)
    within("HugePages_Free", total - used, m["HugePages_Free"] // 1024,
           total - used)
    within("Hugetlb", total * page, m["Hugetlb"], total * page)


def shares():
    """How many CPUs are shown, and which."""
    quota = math.inf
    for at in levels():
        words = text(f"{at}/cpu.max").split()
        if words and words[0] != "max":
            quota = min(quota, math.ceil(int(words[0]) / int(words[1])))
    ids = []
    for part in own("cpuset.cpus.effective").strip().split(","):
        first, _, last = part.partition("-")
        ids += range(int(first), int(last or first) + 1)
    ids = ids[:max(1, min(len(ids), quota))]
    seen = list(map(int, re.findall(r"(?m)^cpu(\d+)",
                                    text(f"{root}/proc/stat"))))
    within("CPUs", 1, seen == ids, 1)


def cpu():
    """Ticks of 10 ms: each line and field loses a part of one. What ran in the cgroup before init did is no part of the
    age, which cuts steal; and the kernel counts it when it is over, so that a
    reading in the middle of it shows idle time instead."""
    before = keys(own("cpu.stat"))
    lines = text(f"{root}/proc/stat").splitlines()
    words = lines[0].split()
    cpus = sum(line.startswith("cpu") for line in lines) - 1
    after = keys(own("cpu.stat"))
    user, nice, system, idle = map(int, words[1:5])
    steal = int(words[8])
    for what, key, shown, fields in (
            ("user", "user_usec", user + nice, 1),
            ("system", "system_usec", system, 1),
            ("used", "usage_usec", user + nice + system, 2)):
        within(what, before[key] / 1e4, shown, after[key] / 1e4,
               fields * cpus + 1)
    if steal + 3 < before["throttled_usec"] / 1e4:
        within("idle when steal is cut", 0, idle, 0, 20)
    else:
        within("steal", before["throttled_usec"] / 1e4, steal,
               after["throttled_usec"] / 1e4, 3)


def disks():
    def io():
        out = {}
        for line in text(f"{cgroup}/io.stat").splitlines():
            device, *values = line.split()
            out[device] = {k: int(v) for k, v in
                           (p.split("=") for p in values if "=" in p)}
        return {k: v for k, v in out.items() if any(v.values())}

    def column(row, n, size, key, device):
        within(f"{row[2]} {key}", before[device].get(key, 0) // size,
               int(row[n]), after[device].get(key, 0) // size)

    before = io()
    lines = text(f"{root}/proc/diskstats").splitlines()
    after = io()
    rows = {":".join(line.split()[:2]): line.split() for line in lines}
    within("disks", len(before), len(rows), len(after))
    for device, row in rows.items():
        for n, size, key in ((3, 1, "rios"), (5, 512, "rbytes"),
                             (7, 1, "wios"), (9, 512, "wbytes"),
                             (14, 1, "dios"), (16, 512, "dbytes")):
            column(row, n, size, key, device)


def pressure():
    def parse(value):
        return [[float(n) for n in re.findall(r"=([\d.]+)", line)]
                for line in value.splitlines()]

    for name in "cpu", "io", "memory":
        before = parse(text(f"{cgroup}/{name}.pressure"))
        shown = parse(text(f"{root}/proc/pressure/{name}"))
        after = parse(text(f"{cgroup}/{name}.pressure"))
        for kind, low, at, high in zip(("some", "full"), before, shown, after):
            for what, *values in zip(("avg10", "avg60", "avg300", "total"),
                                     low, at, high):
                within(f"{name} {kind} {what}", *values)


# Between two readings of ours another has a CPU, maybe, and the kernel adds up.
for check in checks:
    for _ in range(5):
        bad = 0
        {f.__name__: f for f in (memory, swap, hugetlb, shares, cpu, disks,
                                 pressure)}[check]()
        if not bad:
            break
    else:
        sys.exit(1)
