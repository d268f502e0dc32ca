# SPDX-License-Identifier: Apache-2.0
"""What programs say of processes, loads and times: {who says it: number}."""

import json
import os
import re
import time

import htop
import memory_readers
import report
import tsar
from report import have, module, run

PORT = 9105
_exporter = None


def text(path):
    with open(path, encoding="ascii") as file:
        return file.read()


def start_exporter():
    global _exporter
    if have("prometheus-node-exporter"):
        _exporter = report.start("prometheus-node-exporter",
                                 f"--web.listen-address=127.0.0.1:{PORT}")
        memory_readers.scrape(PORT)


def end_exporter():
    if _exporter:
        _exporter.kill()
        _exporter.wait()


def metric(name):
    if not _exporter:
        return {}
    found = re.search(rf"^{name} (\S+)$", memory_readers.scrape(PORT), re.M)
    return {f"prometheus-node-exporter: {name}": float(found[1])}


def number(pattern, said):
    return float(re.search(pattern, said, re.M)[1])


def sar(option):
    """The means by name."""
    lines = run("sar", option, "1", "1").splitlines()
    names = next(line for line in lines if line[:1].isdigit()).split()[1:]
    return dict(zip(names, map(float, lines[-1].split()[1:])))


def top():
    return run("top", "-b", "-n1")


def forks():
    found = metric("node_forks_total")
    found["tsar pcsw"] = tsar.pcsw(text("/proc/stat"))["proc"]
    if have("vmstat"):
        found["vmstat -f"] = number(r"(\d+) forks", run("vmstat", "-f"))
    return found


def processes():
    found = {}
    if have("top"):
        found["top"] = number(r"^Tasks: +(\d+) total", top())
    if have("ps"):
        found["ps -e"] = len(run("ps", "-e", "-o", "pid=").split())
    if module("psutil"):
        import psutil
        found["psutil.pids()"] = len(psutil.pids())
    if have("htop"):
        found["htop"] = number(r"^ *Tasks: (\d+)",
                               "\n".join(htop.look(0.3, 2)))
    return found


def threads():
    found = {"tsar load": tsar.load(text("/proc/loadavg"))["plit"]}
    if have("sar"):
        found["sar -q"] = sar("-q")["plist-sz"]
    return found


def running():
    found = metric("node_procs_running")
    found["tsar load"] = tsar.load(text("/proc/loadavg"))["runq"]
    if have("vmstat"):
        found["vmstat"] = float(run("vmstat").splitlines()[-1].split()[0])
    if have("sar"):
        found["sar -q"] = sar("-q")["runq-sz"]
    if have("top"):
        found["top"] = number(r"(\d+) running", top())
    return found


def loads():
    found = metric("node_load1")
    found["tsar load"] = tsar.load(text("/proc/loadavg"))["load1"]
    for name in ("uptime", "w", "top"):
        if have(name):
            said = top() if name == "top" else run(name)
            found[name] = number(r"load average: ([\d.]+)", said)
    if have("sar"):
        found["sar -q"] = sar("-q")["ldavg-1"]
    if have("htop"):
        found["htop"] = number(r"Load average: ([\d.]+)",
                               "\n".join(htop.look(0.3, 2)))
    if have("atop"):
        said = run("atop", "-P", "CPL", "1", "1")
        found["atop"] = float(memory_readers.words_after("CPL", said)[6])
    if have("node"):
        found["node"] = json.loads(run(
            "node", "-e", "console.log(require('os').loadavg()[0])"))
    return found


def uptimes():
    """Seconds; those with "min" say it in minutes."""
    found = {"/proc/uptime": float(text("/proc/uptime").split()[0])}
    for name in ("uptime", "w"):
        if have(name):
            found[f"{name} (min)"] = 60 * number(r" up +(\d+) min", run(name))
    if have("htop"):
        shown = re.search(r"Uptime: (\d+):(\d\d):(\d\d)",
                          "\n".join(htop.look(0.3, 2)))
        hours, minutes, seconds = map(int, shown.groups())
        found["htop"] = 3600 * hours + 60 * minutes + seconds
    if have("node"):
        found["node"] = json.loads(run(
            "node", "-e", "console.log(require('os').uptime())"))
    return found
