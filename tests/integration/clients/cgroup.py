# SPDX-License-Identifier: Apache-2.0
"""What the kernel says of the cgroup we are in, below /sys/fs/cgroup."""

import os
import threading
import time

TOP = "/sys/fs/cgroup"
V2 = os.path.exists(f"{TOP}/cgroup.controllers")
HZ = os.sysconf("SC_CLK_TCK")


def read(controller, name):
    path = f"{TOP}/{name}" if V2 else f"{TOP}/{controller}/{name}"
    with open(path, encoding="ascii") as file:
        return file.read()


def table(controller, name):
    """The file's lines "name number"."""
    return {key: int(value) for key, value in
            (line.split() for line in read(controller, name).splitlines())}


def memory():
    """In bytes; what is free and available as the kernel counts for a machine,
    but for its small discount of what can be reclaimed."""
    stat = table("memory", "memory.stat")
    if V2:
        limit = read("memory", "memory.max").strip()
        usage = int(read("memory", "memory.current"))
        slab, all_slab = stat.get("slab_reclaimable", 0), stat.get("slab", 0)
        cached, shmem, anon = stat["file"], stat["shmem"], stat["anon"]
        lru = stat["active_file"] + stat["inactive_file"]
    else:
        limit = read("memory", "memory.limit_in_bytes").strip()
        usage = int(read("memory", "memory.usage_in_bytes"))
        slab = all_slab = 0
        cached, anon = stat["total_cache"], stat["total_rss"]
        shmem = stat.get("total_shmem", 0)
        lru = stat["total_active_file"] + stat["total_inactive_file"]
    total = int(limit)
    free = max(0, total - usage)
    available = min(total, free + lru + slab)
    return {"total": total, "free": free, "available": available,
            "cached": cached, "shared": shmem, "anon": anon,
            "slab": slab, "all_slab": all_slab,
            "used": total - available,
            "occupied": max(0, total - free - cached)}


def cpu():
    """Seconds: used, and throttled."""
    if V2:
        stat = table("cpu", "cpu.stat")
        return stat["usage_usec"] / 1e6, stat.get("throttled_usec", 0) / 1e6
    return (int(read("cpuacct", "cpuacct.usage")) / 1e9,
            table("cpu", "cpu.stat")["throttled_time"] / 1e9)


class Watch(threading.Thread):
    """Asks one of the above again and again, for what was between two times."""

    def __init__(self, ask, pause):
        super().__init__(daemon=True)
        self.ask = ask
        self.pause = pause
        self.seen = []
        self.ended = threading.Event()

    def run(self):
        while not self.ended.is_set():
            self.look()
            self.ended.wait(self.pause)

    def look(self):
        self.seen.append((time.monotonic(), self.ask()))

    def __enter__(self):
        self.look()
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join()
        self.look()

    def at(self, when):
        """The reading nearest to WHEN."""
        return min(self.seen, key=lambda seen: abs(seen[0] - when))


def memory_while(do):
    """What DO returns, and the least and most of each figure meanwhile."""
    with Watch(memory, 0.02) as watch:
        result = do()
    seen = [figures for _, figures in watch.seen]
    return result, {key: (min(s[key] for s in seen), max(s[key] for s in seen))
                    for key in seen[0]}


def rates(watch, since, until, cpus):
    """Per cent of CPUS CPUs between two times, as VIEWS has it: what is busy,
    what is stolen (throttled, as far as there was time), what is idle."""
    first, (used0, throttled0) = watch.at(since)
    last, (used1, throttled1) = watch.at(until)
    whole = (last - first) * cpus
    busy = min(1.0, (used1 - used0) / whole)
    steal = min(1.0 - busy, (throttled1 - throttled0) / whole)
    return {"busy": 100 * busy, "steal": 100 * steal,
            "idle": 100 * (1 - busy - steal)}
