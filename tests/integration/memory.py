#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How much memory a resviewd takes, and that nobody can make it take more.

usage: memory.py RUN_DIR SUPERVISOR GROUP READER short|long

1000 containers are registered, with a cgroup each below GROUP and one process
for all of them, and every file of each is read. Then one of them opens 100,000
files, begins to read each, and leaves it, while another is read from by the
program READER: 200,000 calls, in the long run 10 million. There, all files of
/sys are read too, not only those that are made. Asserted is what is promised.
"""

import json
import multiprocessing
import os
import re
import resource
import signal
import subprocess
import sys
import time

CONTAINERS = 1000
ABANDONED = 100_000
HOLDERS = 20
CALLS = {"short": 200_000, "long": 10_000_000}
MIB = 1 << 20
PROMISED_QUIET = 16 * MIB
PROMISED_ABUSED = 24 * MIB
LIMIT = 64 * MIB
HOST_FAILS = ["autosuspend_delay_ms"]  # EIO in /sys; so do ours
VIEWS = ["proc", "proc/pressure", "sys/devices/system/cpu"]


def check(good, what, *shown):
    if not good:
        sys.exit(f"FAIL: {what}: {' | '.join(map(str, shown))}")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


# --- containers ------------------------------------------------------------

def hierarchies():
    """{controller as in a record: directory}"""
    found = {}
    for line in read("/proc/self/cgroup").splitlines():
        _, names, _ = line.split(":", 2)
        if not names:
            top = "/sys/fs/cgroup"
            if not os.path.exists(top + "/cgroup.controllers"):
                top += "/unified"
            found["unified"] = top
        elif not names.startswith("name="):
            for name in names.split(","):
                found[name] = f"/sys/fs/cgroup/{names}"
    return {k: v for k, v in found.items() if os.path.isdir(v)}


class Containers:
    def __init__(self, run_dir, group, whole):
        self.whole = whole  # all of /sys
        self.run_dir = run_dir
        self.fs = f"{run_dir}/fs/containers"
        self.group = group
        self.tops = hierarchies()
        self.pid = os.getpid()
        after_name = read("/proc/self/stat").rpartition(")")[2].split()
        self.start = int(after_name[19])
        self.mntns = os.stat("/proc/self/ns/mnt")

    def add(self, i):
        path = f"/{self.group}/m{i}"
        for top in set(self.tops.values()):
            os.makedirs(top + path)
        for name in ("memory.limit_in_bytes", "memory.max"):
            at = f"{self.tops.get('memory', self.tops['unified'])}{path}/{name}"
            if os.path.exists(at):
                with open(at, "w", encoding="ascii") as file:
                    file.write(str(LIMIT + i * 4096))
        record = {
            "version": 1, "id": f"m{i}", "pid": self.pid,
            "start_ticks": self.start, "mntns": {
                "dev": self.mntns.st_dev, "ino": self.mntns.st_ino},
            "cgroups": {c: path for c in self.tops},
            "boottime_offset": 0, "time_namespace": False, "cpu": "quota",
            "uptime": "container", "required": False, "bundle": "/",
            "views": [], "created": int(time.time())}
        at = f"{self.run_dir}/containers/m{i}.json"
        with open(at + ".tmp", "w", encoding="ascii") as file:
            json.dump(record, file)
        os.rename(at + ".tmp", at)

    def files(self, i):
        views = ["proc", "sys"] if self.whole else VIEWS
        below = [f"{self.fs}/m{i}/{view}" for view in views]
        while below:
            for entry in os.scandir(below.pop()):
                if entry.is_dir(follow_symlinks=False) and self.whole:
                    below.append(entry.path)
                elif (entry.is_file(follow_symlinks=False)
                      and entry.name not in HOST_FAILS):
                    yield entry.path

    def read_all(self, i):
        """Every file once; returns how many there are."""
        count = 0
        for path in self.files(i):
            count += 1
            text = read(path)
            if path.endswith("/meminfo"):
                total = int(re.search(r"MemTotal: +(\d+)", text).group(1))
                check(total == LIMIT // 1024 + i * 4, f"m{i}: MemTotal", total)
        return count


# --- memory ----------------------------------------------------------------

def resident(pid):
    return {k: int(v) * 1024 for k, v in re.findall(
        r"^(VmRSS|RssAnon|RssFile|RssShmem):\s+(\d+) kB",
        read(f"/proc/{pid}/status"), re.M)}


def shared(pid):
    """What the memfds take, mapped or not."""
    files = {}
    for fd in os.listdir(f"/proc/{pid}/fd"):
        at = f"/proc/{pid}/fd/{fd}"
        if os.readlink(at).startswith("/memfd:resview"):
            st = os.stat(at)
            files[st.st_ino] = st.st_blocks * 512
    return sum(files.values())


class Daemon:
    def __init__(self, pid):
        self.pid = pid

    def worker(self):
        return int(read(f"/proc/{self.pid}/task/{self.pid}/children").split()[0])

    def measure(self, when):
        """All there is: both programs' own and the shared memory."""
        both = [resident(self.pid), resident(self.worker())]
        rss = sum(p["VmRSS"] for p in both)
        memfd = shared(self.pid)
        whole = sum(p["RssAnon"] + p["RssFile"] for p in both) + memfd
        print(f"{when}: RSS {both[0]['VmRSS'] / MIB:.1f} +"
              f" {both[1]['VmRSS'] / MIB:.1f} = {rss / MIB:.1f} MiB;"
              f" with all shared memory, mapped or not, {whole / MIB:.1f} MiB"
              f" (memfds {memfd / MIB:.1f})", flush=True)
        return max(rss, whole)


# --- a hostile container -----------------------------------------------------

def hold(paths, count, ready, end):
    """Open COUNT files and begin to read each."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    for i in range(count):
        fd = os.open(paths[i % len(paths)], os.O_RDONLY)
        os.read(fd, 17)
    ready.release()
    end.wait()


def abandon(paths):
    ready = multiprocessing.Semaphore(0)
    end = multiprocessing.Event()
    holders = [multiprocessing.Process(
        target=hold, args=(paths, ABANDONED // HOLDERS, ready, end))
        for _ in range(HOLDERS)]
    for holder in holders:
        holder.start()
    for _ in holders:
        check(ready.acquire(timeout=600), "the files cannot be opened")

    def close():
        end.set()
        for holder in holders:
            holder.join()

    return close


def read_much(reader, root, wanted):
    """Returns the number of reads, WANTED or more."""
    count = 0
    while count < wanted:
        out = subprocess.run(
            [reader, "--json", "--root", root, "4", "open=1", "seek=2",
             "large=1"], capture_output=True, check=False, text=True)
        check(out.returncode == 0, "a read was wrong", out.stdout, out.stderr)
        count += json.loads(out.stdout)["calls"]["count"]
    return count


def main():
    run_dir, supervisor, group, reader, length = sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    containers = Containers(run_dir, group, length == "long")
    daemon = Daemon(int(supervisor))
    daemon.measure("at first")

    for i in range(CONTAINERS):
        containers.add(i)
    files = sum(containers.read_all(i) for i in range(CONTAINERS))
    quiet = daemon.measure(f"{CONTAINERS} containers, {files} files read")
    check(quiet <= PROMISED_QUIET, "more than 16 MiB", quiet)
    check(files >= 10 * CONTAINERS, "files are missing", files)

    close = abandon(list(containers.files(0)))
    daemon.measure(f"{ABANDONED} files open")
    count = read_much(reader, f"{containers.fs}/m1", CALLS[length])
    abused = daemon.measure(f"and {count} calls to read others")
    check(abused <= PROMISED_ABUSED, "more than 24 MiB", abused)

    close()
    time.sleep(1)
    after = daemon.measure("all closed")
    check(after <= abused + MIB // 4, "it has grown", abused, after)
    for i in range(0, CONTAINERS, 50):
        containers.read_all(i)


main()
