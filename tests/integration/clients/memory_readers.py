# SPDX-License-Identifier: Apache-2.0
"""What programs say about memory, in bytes, by one set of names.

total, free, available, cached, shared: as in /proc/meminfo. used: what is not
available. occupied: what is neither free nor cached.
"""

import json
import re
import time
import urllib.request

import htop
import tsar
from report import run

KIB = 1024


def words_after(name, text):
    """The line whose first word is NAME, without that."""
    return next(line.split()[1:] for line in text.splitlines()
                if line.split()[:1] == [name])


def free():
    text = run("free", "-b", "-w")
    total, used, unused, shared, _, cache, available = map(
        int, words_after("Mem:", text))
    return {"total": total, "used": used, "free": unused, "shared": shared,
            "cached": cache, "available": available,
            "swap": int(words_after("Swap:", text)[0])}


def top():
    text = run("top", "-b", "-n1", "-E", "k")
    found = re.search(r"^KiB Mem : *(\d+) total, *(\d+) free, *(\d+) used, "
                      r"*(\d+) buff/cache", text, re.M)
    swap = re.search(r"^KiB Swap: *(\d+) total.* (\d+) avail Mem", text, re.M)
    total, unused, used, cache = (int(n) * KIB for n in found.groups())
    return {"total": total, "free": unused, "used": used, "cached": cache,
            "swap": int(swap[1]) * KIB, "available": int(swap[2]) * KIB}


def vmstat():
    text = run("vmstat", "-s")
    figures = {name: int(n) * KIB for n, name in
               re.findall(r"^ *(\d+) K ([\w ]+)$", text, re.M)}
    lines = run("vmstat").splitlines()
    columns = dict(zip(lines[1].split(), lines[2].split()))
    return {"total": figures["total memory"], "used": figures["used memory"],
            "free": int(columns["free"]) * KIB,
            "cached": int(columns["cache"]) * KIB,
            "swap": figures["total swap"]}


def htop_meter():
    lines = htop.look(0.3, 2)
    names = {"used": "used", "shared": "shared", "available": "available"}
    found = {key: htop.figure(lines, "Mem", name)
             for key, name in names.items() if key != "used"}
    found["total"] = htop.total(lines, "Mem")
    found["swap"] = htop.total(lines, "Swp")
    return found


def atop():
    """One sample; its line has the size of a page, then numbers of pages."""
    text = run("atop", "-P", "MEM,SWP", "1", "1")
    memory, swap = ([int(n) for n in words_after(name, text)[5:]]
                    for name in ("MEM", "SWP"))
    page = memory[0]
    return {"total": memory[1] * page, "free": memory[2] * page,
            "cached": memory[3] * page, "swap": swap[1] * page}


def sar():
    lines = run("sar", "-r", "1", "1").splitlines()
    names = next(x for x in lines if "kbmemfree" in x).split()[1:]
    figures = dict(zip(names, lines[-1].split()[1:]))
    kib = {name: int(figures[name]) * KIB for name in
           ("kbmemfree", "kbavail", "kbcached", "kbmemused")}
    return {"free": kib["kbmemfree"], "available": kib["kbavail"],
            "cached": kib["kbcached"], "occupied": kib["kbmemused"]}


def psutil():
    import psutil as module
    memory, swap = module.virtual_memory(), module.swap_memory()
    return {"total": memory.total, "free": memory.free,
            "available": memory.available, "cached": memory.cached,
            "shared": memory.shared, "swap": swap.total}


def node_exporter(port):
    text = scrape(port)
    names = {"total": "MemTotal", "free": "MemFree", "cached": "Cached",
             "available": "MemAvailable", "shared": "Shmem",
             "swap": "SwapTotal"}
    return {key: int(float(re.search(
        rf"^node_memory_{name}_bytes (\S+)$", text, re.M)[1]))
        for key, name in names.items()}


def scrape(port):
    """Its metrics; it may still be starting."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(
                    f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
                return answer.read().decode()
        except OSError:
            time.sleep(0.2)
    raise OSError("prometheus-node-exporter does not answer")


def busybox():
    """What it takes from meminfo; the rest is sysinfo(2), the host's."""
    numbers = words_after("Mem:", run("busybox", "free"))
    return {"available": int(numbers[5]) * KIB}


def node():
    total, available = json.loads(run("node", "-e", """
        const os = require("os")
        console.log(JSON.stringify([os.totalmem(), os.freemem()]))"""))
    return {"total": total, "available": available}


def tsar_mem():
    with open("/proc/meminfo", encoding="ascii") as file:
        meminfo = file.read()
    with open("/proc/vmstat", encoding="ascii") as file:
        vmstat_text = file.read()
    figures = tsar.mem(meminfo)
    return {"total": figures["total"], "free": figures["free"],
            "cached": figures["cach"], "occupied": figures["used"],
            "swap": tsar.swap(vmstat_text, meminfo)["total"]}
