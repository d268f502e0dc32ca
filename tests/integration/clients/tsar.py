# SPDX-License-Identifier: Apache-2.0
"""The arithmetic of tsar's modules, from the description of what they do.

Each function that takes a text gives a module's counters, and each of two such
readings gives its columns. Numbers are unsigned and of 64 bits: what is
subtracted the wrong way round is huge, and a counter that went back leaves a
module without columns (None), which tsar prints as dashes.
"""

import re

WRAP = 1 << 64


def scan(form, text):
    """The numbers of fscanf(FORM): %d, or the text itself, blanks alike."""
    pattern = re.sub(r"\s+", r"\\s+", re.escape(form).replace(r"\ ", " "))
    found = re.match(r"\s*" + pattern.replace("%d", r"(\d+)"), text)
    return [int(n) for n in found.groups()] if found else None


def cpu(stat):
    """The nine numbers after "cpu", which begin at the sixth character."""
    line = next(x for x in stat.splitlines() if x.startswith("cpu "))
    return [int(n) for n in line[5:].split()[:9]]


def cpu_columns(old, new):
    """user, sys, wait, hirq, sirq, util: per cent; steal is in the whole."""
    if any(n < o for o, n in zip(old, new)) or sum(new) <= sum(old):
        return None
    d = [n - o for o, n in zip(old, new)]
    user, _, system, idle, iowait, irq, softirq, steal = d[:8]
    whole = sum(d)
    percent = {"user": user, "sys": system, "wait": iowait, "hirq": irq,
               "sirq": softirq, "util": whole - idle - iowait - steal}
    return {key: 100 * value / whole for key, value in percent.items()}


def mem(meminfo):
    """Bytes: free, used, buff, cach, total; and util, in per cent."""
    kb = {name: int(value) for name, value in
          re.findall(r"^(\w+): *(\d+)", meminfo, re.M)}
    free, total = kb["MemFree"], kb["MemTotal"]
    buffers, cached = kb["Buffers"], kb["Cached"]
    used = (total - free - buffers - cached) % WRAP
    return {"free": free * 1024, "used": used * 1024, "buff": buffers * 1024,
            "cach": cached * 1024, "total": total * 1024,
            "util": 100 * used / total}


def swap(vmstat, meminfo):
    """Pages in and out; total in bytes, util in per cent (None without)."""
    pages = dict(re.findall(r"^(pswpin|pswpout) (\d+)$", vmstat, re.M))
    kb = dict(re.findall(r"^(SwapTotal|SwapFree): *(\d+)", meminfo, re.M))
    total, free = int(kb["SwapTotal"]), int(kb["SwapFree"])
    return {"in": int(pages["pswpin"]), "out": int(pages["pswpout"]),
            "total": total * 1024,
            "util": 100 - free * 100 / total if total else None}


def load(loadavg):
    """Three loads, what waits to run besides the reader, and the threads."""
    n = scan("%d.%d %d.%d %d.%d %d/%d", loadavg)
    if n is None:
        return None
    loads = [n[i] + n[i + 1] / 100 for i in (0, 2, 4)]
    return {"load1": loads[0], "load5": loads[1], "load15": loads[2],
            "runq": n[6] - 1, "plit": n[7]}


def pcsw(stat):
    """Context switches and processes since the start."""
    return {"cswch": int(re.search(r"^ctxt (\d+)$", stat, re.M)[1]),
            "proc": int(re.search(r"^processes (\d+)$", stat, re.M)[1])}


def io(diskstats):
    """{device: its eleven counters}, of those that have ever been read."""
    devices = {}
    for line in diskstats.splitlines():
        words = line.split()
        if len(words) < 14 or len(line) > 255:
            continue
        major, minor, name = words[:3]
        counters = [int(n) for n in words[3:14]]
        if max(len(major), len(minor)) <= 4 and counters[0] > 0:
            devices[name] = counters
    return devices


def io_columns(old, new, seconds):
    """Of one device: requests and bytes in a second."""
    in_flight = 8
    if any(n < o for i, (o, n) in enumerate(zip(old, new)) if i != in_flight):
        return None
    d = [(n - o) / seconds for o, n in zip(old, new)]
    return {"rs": d[0], "ws": d[4], "rsecs": d[2] * 512, "wsecs": d[6] * 512}
