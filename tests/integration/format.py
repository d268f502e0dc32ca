#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every view has the lines of the kernel's own file, in its order and form.

usage: format.py ROOT
"""

import os
import re
import sys


def text(root, path):
    with open(f"{root}/{path}", encoding="ascii") as file:
        return file.read()


def names(content):
    """The first word of each line."""
    return [line.split()[0] for line in content.splitlines() if line.strip()]


def check(good, what, *shown):
    if not good:
        sys.exit("\n".join([f"FAIL: {what}", *map(str, shown)]))


def same_names(root, path, but=r"$^"):
    """All lines of the host's file but those whose name matches BUT."""
    ours = [n for n in names(text(root, path)) if not re.match(but, n)]
    host = [n for n in names(text("", path)) if not re.match(but, n)]
    check(ours == host, f"{path}: other lines than the kernel's", ours, host)


def meminfo(root):
    same_names(root, "proc/meminfo")
    form = re.compile(r"[^:]+: +\d+( kB)?")
    for line in text(root, "proc/meminfo").splitlines():
        check(form.fullmatch(line), "meminfo", line)
    ours = [len(x) for x in text(root, "proc/meminfo").splitlines()]
    host = [len(x) for x in text("", "proc/meminfo").splitlines()]
    check(ours == host, "meminfo: widths", ours, host)


def stat(root):
    same_names(root, "proc/stat", but=r"cpu\d")
    content = text(root, "proc/stat")
    lines = content.splitlines()
    check(lines[0].startswith("cpu  "), "stat", lines[0])
    for line in lines:
        check(re.fullmatch(r"[a-z0-9_]+ {1,2}\d+( \d+)*", line), "stat", line)
        if line.startswith("cpu"):
            check(len(line.split()) == 11, "stat", line)
    btime = re.search(r"^btime \d+$", text("", "proc/stat"), re.M).group(0)
    check(btime in lines, "stat: btime", btime)
    check("\nprocs_running 0\n" not in content, "procs_running", content)


def cpuinfo(root):
    blocks = text(root, "proc/cpuinfo").split("\n\n")
    host = text("", "proc/cpuinfo").split("\n\n")
    check(blocks[-1] == "", "cpuinfo ends with an empty line")
    for block in blocks[:-1]:
        keys = [x.split(":")[0] for x in block.splitlines()]
        check(keys == [x.split(":")[0] for x in host[0].splitlines()],
              "cpuinfo keys", keys)
        check(keys[0] == "processor\t", "cpuinfo", block)


def columns(root):
    """Spaced as the kernel's own, but for how many CPUs there are."""
    shown = [f"CPU{int(line.split()[0][3:]):<8}"
             for line in text(root, "proc/stat").splitlines()[1:]
             if line.startswith("cpu")]
    for path in ("proc/softirqs", "proc/interrupts"):
        host = text("", path).splitlines()
        cpus = len(host[0].split())
        want = [host[0][:host[0].index("CPU")] + "".join(shown)]
        for line in host[1:]:
            name, rest = re.fullmatch(r"( *\S+?:)(.*)", line).groups()
            n = cpus if len(rest) >= 11 * cpus else 1
            want.append(name + "          0" * (len(shown) if n == cpus else 1)
                        + rest[11 * n:])
        ours = text(root, path).splitlines()
        check(ours == want, path, *ours, "-- wanted", *want)


def schedstat(root):
    path = "proc/schedstat"
    if not os.path.exists(f"/{path}"):
        return  # a kernel without CONFIG_SCHEDSTATS
    host = text("", path).splitlines()
    lines = text(root, path).splitlines()
    check(lines[0] == host[0] and re.fullmatch(r"timestamp \d+", lines[1]),
          path, lines)
    stat_lines = [line.split() for line in text(root, "proc/stat").splitlines()
                  if re.match(r"cpu\d", line)]
    check([line.split()[0] for line in lines[2:]] ==
          [words[0] for words in stat_lines], f"{path}: CPUs", lines)
    for line, words in zip(lines[2:], stat_lines):
        numbers = line.split()[1:]
        check(len(numbers) == len(host[2].split()) - 1, path, line)
        check(not any(map(int, numbers[:6] + numbers[7:])), path, line)
        # Three numbers, each rounded down; and stat was read a moment later.
        used = sum(map(int, words[1:4]))
        check(-2 <= used - int(numbers[6]) // 10 ** 7 <= 20, path, line, words)


def fixed(root):
    forms = {
        "proc/uptime": r"\d+\.\d\d \d+\.\d\d\n",
        "proc/loadavg": r"(\d+\.\d\d ){3}\d+/\d+ \d+\n",
        "sys/devices/system/cpu/online": r"\d+([-,]\d+)*\n",
        "sys/devices/system/cpu/offline": r"(\d+([-,]\d+)*)?\n",
    }
    pressure = (r"some( avg\d+=\d+\.\d\d){3} total=\d+\n"
                r"(full( avg\d+=\d+\.\d\d){3} total=\d+\n)?")
    for kind in ("cpu", "io", "memory"):
        forms[f"proc/pressure/{kind}"] = pressure
    for path, form in forms.items():
        content = text(root, path)
        check(re.fullmatch(form, content), path, repr(content))


def tables(root):
    same_names(root, "proc/vmstat")
    for line in text(root, "proc/vmstat").splitlines():
        check(re.fullmatch(r"\w+ \d+", line), "vmstat", line)
    head = text("", "proc/swaps").splitlines()[0]
    check(text(root, "proc/swaps").splitlines()[0] == head, "swaps header")
    devices = [x.split()[:3] for x in text("", "proc/diskstats").splitlines()]
    for line in text(root, "proc/diskstats").splitlines():
        check(len(line.split()) == 20, "diskstats", line)
        check(line.split()[:3] in devices, "diskstats device", line)
    head = text("", "proc/slabinfo").splitlines()[:2]
    check(text(root, "proc/slabinfo").splitlines()[:2] == head, "slabinfo",
          head)


def main():
    root = sys.argv[1]
    for part in (meminfo, stat, cpuinfo, columns, schedstat, fixed, tables):
        part(root)


main()
