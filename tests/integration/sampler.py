#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Read a container's files again and again, and check that they make sense.

usage: sampler.py ROOT SAMPLES SECONDS

Exits 0 after SAMPLES samples, or as many as SECONDS allow but at least 1000,
however long these take.
"""

import os
import re
import sys
import time

HZ = 100
STAT = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal",
        "guest", "guest_nice")


def check(good, what, *shown):
    if not good:
        sys.exit(f"FAIL: {what}: {' | '.join(map(str, shown))}")


def expand(text):
    """The ids of a CPU list like "0-1,3"."""
    ids = []
    for part in filter(None, text.strip().split(",")):
        low, _, high = part.partition("-")
        ids += range(int(low), int(high or low) + 1)
    return ids


class Sampler:
    def __init__(self, root):
        self.root = root
        self.cpu_lines = None
        self.when = self.end = None  # before and after the last reading
        self.first = None
        self.uptime = (0.0, 0.0)

    def read(self, path):
        with open(f"{self.root}/{path}", encoding="ascii") as file:
            return file.read()

    def meminfo(self):
        text = self.read("proc/meminfo")
        m = {k: int(v) for k, v in re.findall(r"^(.+?): +(\d+)", text, re.M)}
        check(m["MemFree"] + m["Buffers"] + m["Cached"] + m["SReclaimable"]
              <= m["MemTotal"], "free and caches exceed MemTotal", text)
        check(0 < m["MemAvailable"] <= m["MemTotal"], "MemAvailable", text)
        check(m["Cached"] >= m["Shmem"], "Cached < Shmem", text)
        check(m["Slab"] == m["SReclaimable"] + m["SUnreclaim"], "Slab", text)
        check(m["SwapFree"] <= m["SwapTotal"], "SwapFree", text)
        check(m["SwapCached"] <= m["SwapTotal"] - m["SwapFree"],
              "SwapCached", text)
        for key, value in m.items():
            check(key.startswith("Vmalloc") or value < 1 << 40,
                  f"{key} is huge", text)
        return m

    def swaps(self, meminfo):
        lines = self.read("proc/swaps").splitlines()
        check(lines[0].startswith("Filename"), "swaps header", lines)
        check(sum(int(line.split()[2]) for line in lines[1:])
              == meminfo["SwapTotal"], "swaps != SwapTotal", lines)

    def stat(self):
        before = time.monotonic()
        text = self.read("proc/stat")
        after = time.monotonic()
        lines = {}
        for line in text.splitlines():
            if line.startswith("cpu"):
                name, *values = line.split()
                lines[name] = list(map(int, values))
        total = lines["cpu"]
        for i, field in enumerate(STAT):
            parts = sum(v[i] for name, v in lines.items() if name != "cpu")
            check(total[i] == parts, f"cpu {field} != sum", text)
        if self.cpu_lines:
            self.advance(lines, after - self.when, text)
        else:
            self.first = (before, after, lines)
        self.cpu_lines, self.when, self.end = lines, before, after
        return [int(name[3:]) for name in lines if name != "cpu"]

    def advance(self, lines, seconds, text):
        """Nothing goes back, and no CPU runs faster than time."""
        for name, values in lines.items():
            old = self.cpu_lines.get(name, [0] * len(values))
            for i, field in enumerate(STAT):
                check(values[i] >= old[i], f"{name} {field} went back",
                      old, text)
            if name != "cpu":
                check(sum(values) - sum(old) <= seconds * HZ + 10,
                      f"{name} outran {seconds:.3f} s", old, text)

    def check_uptime(self, cpus):
        text = self.read("proc/uptime")
        check(re.fullmatch(r"\d+\.\d\d \d+\.\d\d\n", text), "uptime", text)
        up, idle = map(float, text.split())
        check(up >= self.uptime[0] and idle >= self.uptime[1],
              "uptime went back", self.uptime, text)
        check(idle <= len(cpus) * up + 0.1, "more idle than time", text)
        self.uptime = (up, idle)

    def check_cpus(self, cpus):
        base = "sys/devices/system/cpu"
        info = re.findall(r"^processor\t: (\d+)$", self.read("proc/cpuinfo"),
                          re.M)
        check(list(map(int, info)) == cpus, "cpuinfo != stat", info, cpus)
        online = expand(self.read(f"{base}/online"))
        check(online == cpus, "online != stat", online, cpus)
        with open("/sys/devices/system/cpu/present", encoding="ascii") as f:
            present = expand(f.read())
        offline = expand(self.read(f"{base}/offline"))
        check(offline == [c for c in present if c not in cpus], "offline",
              offline)
        for cpu in present:
            path = f"{base}/cpu{cpu}/online"
            if os.path.exists(f"{self.root}/{path}"):
                check(self.read(path) == f"{int(cpu in cpus)}\n", path)

    def sample(self):
        self.swaps(self.meminfo())
        cpus = self.stat()
        self.check_uptime(cpus)
        self.check_cpus(cpus)

    def rates(self):
        """Field by field, per cent of all the time there was, over the run."""
        before, after, first = self.first
        least, most = self.when - after, self.end - before
        old, new = first["cpu"], self.cpu_lines["cpu"]
        whole = sum(new) - sum(old)
        n = len(self.cpu_lines) - 1
        check(0.98 * n * least * HZ - 10 <= whole
              <= 1.02 * n * most * HZ + 10,
              "time that passed is not the time shown", whole, n * least,
              n * most)
        return {field: 100 * (new[i] - old[i]) / max(whole, 1)
                for i, field in enumerate(STAT)}


def main():
    sampler = Sampler(sys.argv[1])
    wanted, seconds = int(sys.argv[2]), float(sys.argv[3])
    end = time.monotonic() + seconds
    count = 0
    least = 10 if "RESVIEW_EMULATED" in os.environ else 1000
    while count < wanted and (count < least or time.monotonic() < end):
        sampler.sample()
        count += 1
    rates = sampler.rates()
    print(count, "samples,", ", ".join(
        f"{k} {v:.1f}" for k, v in rates.items() if k in
        ("user", "system", "idle", "steal")))


main()
