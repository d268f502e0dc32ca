# SPDX-License-Identifier: Apache-2.0
"""What programs say about CPU time, line by line as they say it.

A sampler is a command and what makes figures of a line: {"busy", "steal",
"idle"} in per cent, what the program has no word for left out, and "cpu" for
one CPU alone. Its last figures are those of the SECONDS before it printed them.
"""

import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))


def figures(percent):
    """From names as programs have them: us, %usr, user, ..."""
    value = {re.sub(r"^%|%$", "", k): v for k, v in percent.items()}
    busy = sum(value.get(k, 0) for k in
               ("us", "usr", "user", "ni", "nice", "sy", "sys", "system"))
    found = {"busy": busy, "idle": value.get("id", value.get("idle"))}
    if steal := {"st", "steal"} & value.keys():
        found["steal"] = value[steal.pop()]
    rest = {k: v for k, v in value.items() if v and k in (
        "wa", "iowait", "wait", "hi", "irq", "si", "soft", "gu", "guest",
        "gnice")}
    if rest:
        found["rest"] = rest  # there is no source for any of them
    return found


class Top:
    program = "top"

    @staticmethod
    def command(seconds):
        return ["top", "-b", "-n3", f"-d{seconds}"]

    @staticmethod
    def line(text):
        if text.startswith("%Cpu(s)"):
            return figures({k: float(v) for v, k in
                            re.findall(r"([\d.]+) ([a-z]{2})\b", text)})
        return None


class Columns:
    """Lines of numbers below a line of names, one of which is MARK."""
    mark = None
    program = None

    def __init__(self):
        self.names = []

    def line(self, text):
        words = text.split()
        if self.mark in words:
            self.names = words
            return None
        if not words or len(words) != len(self.names) or words[0] == "Average:":
            return None
        return self.row(dict(zip(self.names, words)))

    def row(self, row):
        found = {}
        for name, word in row.items():
            try:
                found[name] = float(word)
            except ValueError:
                pass
        return figures(found)


class Vmstat(Columns):
    program, mark = "vmstat", "us"

    def command(self, seconds):
        return ["vmstat", "-n", str(seconds), "3"]


class Mpstat(Columns):
    program, mark = "mpstat", "%idle"

    def command(self, seconds):
        return ["mpstat", "-P", "ALL", str(seconds), "2"]

    def row(self, row):
        found = super().row(row)
        if row["CPU"] != "all":
            found["cpu"] = int(row["CPU"])
        return found


class Sar(Columns):
    program, mark = "sar", "%idle"

    def command(self, seconds):
        return ["sar", "-u", str(seconds), "2"]


class Atop:
    program = "atop"

    def command(self, seconds):
        return ["atop", "-P", "CPU,cpu", str(seconds), "3"]

    def line(self, text):
        words = text.split()
        if not words or words[0] not in ("CPU", "cpu"):
            return None
        # After the label, host and times: ticks a second, and how many CPUs
        # there are or which one it is.
        which, *ticks = (int(n) for n in words[7:17])
        names = ("sys", "user", "nice", "idle", "wait", "irq", "soft", "steal",
                 "guest")
        whole = max(1, sum(ticks[:8]))
        found = figures({k: 100 * v / whole for k, v in zip(names, ticks)})
        if words[0] == "cpu":
            found["cpu"] = which
        return found


class Psutil:
    """Needs the module; so does the test."""
    program = "psutil"

    def command(self, seconds):
        return ["/usr/bin/python3", "-c", f"""
import psutil
def say(t, name):
    print(name, *(f"{{k}}={{v}}" for k, v in t._asdict().items()), flush=True)
for _ in range(2):
    each = psutil.cpu_times_percent({seconds}, percpu=True)
    for i, t in enumerate(each):
        say(t, i)
psutil.cpu_times_percent(None)
say(psutil.cpu_times_percent({seconds}), "all")
"""]

    def line(self, text):
        which, *words = text.split()
        found = figures({k: float(v) for k, v in
                         (word.split("=") for word in words)})
        if which != "all":
            found["cpu"] = int(which)
        return found


class Node:
    """Knows nothing of steal, so for it there is only busy and idle time."""
    program = "node"

    def command(self, seconds):
        return ["node", "-e", f"""
const os = require("os")
const add = () => os.cpus().reduce((sum, cpu) => {{
    for (const k in cpu.times) sum[k] = (sum[k] || 0) + cpu.times[k]
    return sum }}, {{}})
let old = add(), left = 2
const timer = setInterval(() => {{
    const now = add()
    const words = Object.keys(now).map((k) => k + "=" + (now[k] - old[k]))
    console.log(words.join(" "))
    old = now
    if (--left == 0) clearInterval(timer)
}}, {seconds * 1000})"""]

    def line(self, text):
        ms = {k: float(v) for k, v in (w.split("=") for w in text.split())}
        whole = max(1.0, sum(ms.values()))
        return figures({k: 100 * v / whole for k, v in ms.items()})


class Script:
    """One of ours, which prints name=percent."""

    def __init__(self, program, script):
        self.program = program
        self.script = script

    def command(self, seconds):
        return ["/usr/bin/python3", f"{HERE}/{self.script}", str(seconds)]

    def line(self, text):
        found = {k: float(v) for k, v in
                 (word.split("=") for word in text.split())}
        if "cpu" in found:
            found["cpu"] = int(found["cpu"])
        return found


def samplers():
    """New ones, for one run."""
    return [Top(), Vmstat(), Mpstat(), Sar(), Atop(), Psutil(), Node(),
            Script("htop", "cpu_htop.py"), Script("tsar", "cpu_tsar.py"),
            Script("prometheus-node-exporter", "cpu_exporter.py")]
