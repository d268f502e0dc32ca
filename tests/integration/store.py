#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A stand-in for systemd: a service manager with a store for fds.

usage: store.py [OPTION...] -- COMMAND...

  --pid FILE       has the pid of the command that runs now
  --log FILE       every message of it, and what is wrong with it
  --probe FILE     can be read when it says READY=1
  --restart-ms N   a command that dies is started again after so long, not at
                   once
  --mixed          first its descendants are killed, as by KillMode=mixed
  --watchdog-s N   as WatchdogSec=; but it is only late after ten times that,
                   for others may have the CPUs

SIGTERM ends the command, then itself, with all fds; exit code 1 if something
was wrong with the protocol: sd_notify(3), sd_pid_notify_with_fds(3),
sd_listen_fds(3), systemd.service(5).
"""

import argparse
import array
import ctypes
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

STORE_MAX = 16  # FileDescriptorStoreMax=
STOP_S = 60
PROBE_S = 60
SYS_KCMP, KCMP_FILE = {"x86_64": 312, "aarch64": 272}.get(os.uname().machine), 0
PR_SET_CHILD_SUBREAPER = 36
libc = ctypes.CDLL(None, use_errno=True)


def same_file(a, b):
    """Are two fds one open file?"""
    me = os.getpid()
    return SYS_KCMP and libc.syscall(SYS_KCMP, me, me, KCMP_FILE, a, b) == 0


class Manager:
    def __init__(self, options, directory):
        self.options = options
        self.log_file = open(options.log, "a", buffering=1, encoding="utf-8")
        self.path = f"{directory}/notify"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.socket.bind(self.path)
        self.store = []  # (name, fd)
        self.pid = 0
        self.starts = self.readies = self.wrong = 0
        self.beat = None
        self.stopping = False
        self.probes = []

    def log(self, text):
        self.log_file.write(f"{time.monotonic():.3f} {text}\n")

    def complain(self, text):
        self.wrong += 1
        self.log(f"WRONG: {text}")

    # --- the command ----------------------------------------------------

    def start(self):
        self.starts += 1
        self.beat = None
        self.pid = os.fork()
        if self.pid == 0:
            self.execute()
        with open(self.options.pid + ".new", "w", encoding="utf-8") as file:
            file.write(f"{self.pid}\n")
        os.rename(self.options.pid + ".new", self.options.pid)
        self.log(f"started {self.pid} with {len(self.store)} fds")

    def execute(self):
        """In the child: fds from 3 on, in order, and no others."""
        env = dict(os.environ, NOTIFY_SOCKET=self.path)
        high = [os.dup2(fd, 100 + i, inheritable=False)
                for i, (_, fd) in enumerate(self.store)]
        for i, fd in enumerate(high):
            os.dup2(fd, 3 + i, inheritable=True)
        os.closerange(3 + len(high), 100)
        if high:
            env.update(LISTEN_PID=str(os.getpid()),
                       LISTEN_FDS=str(len(high)),
                       LISTEN_FDNAMES=":".join(n for n, _ in self.store))
        if self.options.watchdog_s:
            env.update(WATCHDOG_PID=str(os.getpid()), WATCHDOG_USEC=str(
                int(self.options.watchdog_s * 1e6)))
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        try:
            os.execve(self.options.command[0], self.options.command, env)
        finally:
            os._exit(203)

    def reap(self):
        """We are the parent of orphans too, as PID 1 is."""
        self.look_at_probes()
        probes = [p.pid for p in self.probes]
        for pid in self.children():
            if pid in probes or os.waitpid(pid, os.WNOHANG)[0] == 0:
                continue
            self.log(f"{pid} ended")
            if pid == self.pid:
                self.pid = 0

    @staticmethod
    def children():
        me = os.getpid()
        with open(f"/proc/{me}/task/{me}/children", encoding="ascii") as file:
            return list(map(int, file.read().split()))

    def kill_descendants(self):
        for pid in self.children():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    # --- its messages ---------------------------------------------------

    def receive(self):
        data, ancillary, flags, _ = self.socket.recvmsg(
            65536, socket.CMSG_SPACE(12) + socket.CMSG_SPACE(64 * 4))
        sender, fds = 0, []
        for level, kind, payload in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                ints = array.array("i")
                ints.frombytes(payload[:len(payload) // 4 * 4])
                fds = list(ints)
            elif (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
                sender = struct.unpack("iII", payload)[0]
        if flags & socket.MSG_CTRUNC:
            self.complain("fds are cut off")
        text = data.decode()
        self.log(f"{sender}: {' '.join(text.split(chr(10)))} {len(fds)} fds")
        if self.pid and sender != self.pid:
            # NotifyAccess=main; the last words of a dead one are no fault.
            self.log(f"{sender} is not the main process, ignoring")
        else:
            self.obey(dict(line.partition("=")[::2] for line in
                           text.splitlines() if line), fds)
        for fd in fds:
            os.close(fd)

    def obey(self, message, fds):
        if message.get("FDSTORE") == "1":
            self.put(message, fds)
        elif fds and "BARRIER" not in message:
            self.complain("fds without FDSTORE=1")
        if message.get("FDSTOREREMOVE") == "1":
            self.remove(message.get("FDNAME"))
        if message.get("READY") == "1":
            self.readies += 1
            self.probe()
        if message.get("WATCHDOG") == "1" or "READY" in message:
            self.beat = time.monotonic()

    def put(self, message, fds):
        name = message.get("FDNAME", "stored")
        if message.get("FDPOLL") != "0":
            self.complain(f"{name}: without FDPOLL=0 the store polls it")
        if not fds:
            self.complain(f"{name}: FDSTORE=1 without an fd")
        if not 0 < len(name) < 256 or ":" in name or not name.isprintable():
            self.complain(f"bad FDNAME {name!r}")
        for fd in fds:
            if any(same_file(fd, kept) for _, kept in self.store):
                self.log(f"{name}: is there already")
            elif len(self.store) >= STORE_MAX:
                self.complain(f"{name}: the store is full")
            else:
                self.store.append((name, os.dup(fd)))

    def remove(self, name):
        for kept, fd in self.store:
            if kept == name:
                os.close(fd)
        self.store = [(k, fd) for k, fd in self.store if k != name]

    def probe(self):
        """READY=1 is said when the service works, not before."""
        if self.options.probe:
            self.probes.append(subprocess.Popen(
                ["timeout", str(PROBE_S), "cat", self.options.probe],
                stdout=subprocess.DEVNULL))

    def look_at_probes(self):
        for probe in [p for p in self.probes if p.poll() is not None]:
            self.probes.remove(probe)
            if probe.returncode:
                self.complain(f"{self.options.probe} is not readable after"
                              " READY=1")

    # --- the loop -------------------------------------------------------

    def turn(self, wake):
        readable, _, _ = select.select([self.socket, wake], [], [], 0.2)
        if wake in readable:
            os.read(wake, 4096)
        if self.socket in readable:
            self.receive()
        self.reap()
        limit = self.options.watchdog_s
        if limit and self.beat and time.monotonic() - self.beat > 10 * limit:
            self.complain("no WATCHDOG=1 in time")
            self.beat = None
            os.kill(self.pid, signal.SIGABRT)

    def run(self, wake):
        while not self.stopping:
            if not self.pid:
                if self.options.mixed:
                    self.kill_descendants()
                time.sleep(self.options.restart_ms / 1000)
                self.start()
            self.turn(wake)
        self.end(wake)

    def end(self, wake):
        deadline = time.monotonic() + STOP_S
        self.beat = None
        if self.pid:
            os.kill(self.pid, signal.SIGTERM)
        while self.pid and time.monotonic() < deadline:
            self.turn(wake)
        if self.pid:
            self.complain("does not end on SIGTERM")
        self.kill_descendants()
        if self.starts and not self.readies:
            self.complain("never said READY=1")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--pid", required=True)
    parser.add_argument("--log", required=True)
    parser.add_argument("--probe")
    parser.add_argument("--restart-ms", type=int, default=0)
    parser.add_argument("--mixed", action="store_true")
    parser.add_argument("--watchdog-s", type=float, default=0)
    parser.add_argument("command", nargs="+")
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    wake, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker)
    with tempfile.TemporaryDirectory(prefix="resview-store.") as directory:
        manager = Manager(parser.parse_args(), directory)

        def stop(*_):
            manager.stopping = True

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        manager.run(wake)
    print(f"{manager.starts} starts, {manager.readies} times ready,"
          f" {len(manager.store)} fds kept, {manager.wrong} wrong")
    sys.exit(manager.wrong != 0)


main()
