#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What programs say was read and written is what the cgroup read and wrote.

usage: disk.py DISK MAJOR:MINOR, in the container
"""

import os
import re
import subprocess
import sys
import time

import cgroup
import memory_readers
import report
import tsar
from report import MIB, run

SECTOR = 512
PORT = 9104
SIZE = 24 * MIB
SLACK = MIB // 2
PROGRAMS = 64 * MIB  # may have to be read, too
SECONDS = (10, 30) if report.EMULATED else (3, 10, 30)


def kernel(number):
    """Bytes read and written by the cgroup, of disk NUMBER, or of all."""
    found = [0, 0]
    for disk, read, written in kernel_lines():
        if number in (None, disk):
            found[0] += read
            found[1] += written
    return tuple(found)


def kernel_lines():
    if cgroup.V2:
        for line in cgroup.read("io", "io.stat").splitlines():
            words = dict(w.split("=") for w in line.split()[1:] if "=" in w)
            yield (line.split()[0], int(words.get("rbytes", 0)),
                   int(words.get("wbytes", 0)))
        return
    text = cgroup.read("blkio", "blkio.throttle.io_service_bytes")
    for disk, way, count in re.findall(r"^(\S+) (Read|Write) (\d+)$", text,
                                       re.M):
        yield disk, *((int(count), 0) if way == "Read" else (0, int(count)))


def row(name, text):
    """The words behind NAME, of the line that has it."""
    for line in text.splitlines():
        words = line.split()
        if name in words:
            return words[words.index(name) + 1:]
    return None


def vmstat(disk):
    words = row(disk, run("vmstat", "-d"))
    return int(words[2]) * SECTOR, int(words[6]) * SECTOR


def vmstat_paged(_):
    text = run("vmstat", "-s")
    return tuple(1024 * int(re.search(rf"^ *(\d+) K paged {way}$", text,
                                      re.M)[1]) for way in ("in", "out"))


def psutil(disk):
    import psutil as module
    counters = module.disk_io_counters(perdisk=True)[disk]
    return counters.read_bytes, counters.write_bytes


def exporter(disk):
    text = memory_readers.scrape(PORT)
    return tuple(int(float(re.search(
        rf'^node_disk_{way}_bytes_total{{device="{disk}"}} (\S+)$', text,
        re.M)[1])) for way in ("read", "written"))


def atop(disk):
    """The first sample: since the start."""
    words = row(disk, run("atop", "-P", "DSK", "1", "1"))
    return int(words[2]) * SECTOR, int(words[4]) * SECTOR


def busybox(disk):
    words = row(disk, run("busybox", "iostat", "-d", "-k"))
    return int(words[3]) * 1024, int(words[4]) * 1024


def tsar_io(disk):
    with open("/proc/diskstats", encoding="ascii") as file:
        counters = tsar.io(file.read())[disk]
    return counters[2] * SECTOR, counters[6] * SECTOR


READERS = (
    ("vmstat", "vmstat -d", vmstat),
    ("vmstat", "vmstat -s", vmstat_paged),
    ("psutil", "psutil", psutil),
    ("prometheus-node-exporter", "prometheus-node-exporter", exporter),
    ("atop", "atop", atop),
    ("busybox", "busybox iostat", busybox),
    ("tsar", "tsar", tsar_io),
)


def here(program):
    if program == "psutil":
        return report.module(program)
    if program == "busybox" and report.have(program):
        if "iostat" in run("busybox", "--list").split():
            return True
        report.skip("busybox iostat", "not in this busybox")
        return False
    return program == "tsar" or report.have(program)


def totals(disk, number, readers):
    """All that has been read and written since the start."""
    found = {}
    for _, what, reader in readers:
        of_all = reader is vmstat_paged  # it does not tell disks apart
        before = kernel(None if of_all else number)
        found[what] = got = reader(disk)
        after = kernel(None if of_all else number)
        for way, low, high, value in zip(("read", "written"), before, after,
                                         got):
            report.between(f"{what}: {way}", low - SLACK, high + SLACK, value,
                           "bytes")
    return found


def transfer(path):
    """Past the page cache: SIZE bytes written, and half of them read."""
    for words in (("if=/dev/zero", f"of={path}", "oflag=direct",
                   f"count={SIZE // MIB}"),
                  (f"if={path}", "of=/dev/null", "iflag=direct",
                   f"count={SIZE // MIB // 2}")):
        subprocess.run(["dd", "bs=1M", "status=none", *words], check=True)


def rates(disk):
    """sar sees it happen: what a second had, times the seconds. Where it has to
    wait for a CPU, they have to be more. Returns how often it was tried."""
    for tries, seconds in enumerate(SECONDS, 1):
        sar = report.start("sar", "-d", str(seconds), "1",
                           stdout=subprocess.PIPE)
        time.sleep(seconds / 3)
        transfer("/disk/file")
        text = sar.communicate()[0]
        written, read = sar_bytes(disk, text, seconds)
        if abs(written - SIZE) <= SIZE / 10 and read >= SIZE * 0.45:
            break
    if not written:
        report.check("sar -d", False, f"has no {disk}: {text}")
    report.near("sar -d: written", SIZE, SIZE / 10, written, "bytes", "dd")
    report.between("sar -d: read", SIZE * 0.45, SIZE / 2 + PROGRAMS, read,
                   "bytes")
    return tries


def sar_bytes(disk, text, seconds):
    """Written and read."""
    names = next(x for x in text.splitlines() if "wkB/s" in x).split()
    words = row(disk, text)
    if words is None:
        return 0, 0
    figures = dict(zip(names[names.index("DEV") + 1:], map(float, words)))
    return (figures["wkB/s"] * 1024 * seconds, figures["rkB/s"] * 1024 * seconds)


def main():
    disk, number = sys.argv[1:]
    transfer("/disk/file")  # so that all know of the disk
    if kernel(number)[1] < SIZE:
        report.nothing(f"the kernel does not count what {disk} does")
    readers = [r for r in READERS if here(r[0])]
    server = None
    if report.have("prometheus-node-exporter"):
        server = report.start("prometheus-node-exporter",
                              f"--web.listen-address=127.0.0.1:{PORT}")
        memory_readers.scrape(PORT)
    before = totals(disk, number, readers)
    tries = 1
    if report.have("sar"):
        tries = rates(disk)
    else:
        transfer("/disk/file")
    after = totals(disk, number, readers)
    for what, (read, written) in after.items():
        report.near(f"{what}: written meanwhile", tries * SIZE, 2 * SLACK,
                    written - before[what][1], "bytes", "dd")
        report.between(f"{what}: read meanwhile", tries * SIZE // 2 - SLACK,
                       tries * SIZE // 2 + PROGRAMS, read - before[what][0],
                       "bytes")
    os.unlink("/disk/file")
    if server:
        server.kill()
        server.wait()
    report.finish()


main()
