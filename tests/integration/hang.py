#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A FUSE file system that takes every request and answers none.

usage: hang.py MOUNTPOINT SUBTYPE SILENT

Until the file SILENT is there it does answer: any name is there, as a file
where it is one that a view has, else as a directory. It prints "ready" when it
is mounted. Inside a user namespace it is that one's.
"""

import ctypes
import os
import stat
import struct
import sys

LOOKUP, FORGET, GETATTR, INIT, BATCH_FORGET = 1, 2, 3, 26, 42
ENOSYS = 38
FILES = ("meminfo", "stat", "uptime", "cpu", "online")

libc = ctypes.CDLL(None, use_errno=True)


def mount(fd, where, subtype):
    kind = stat.S_IFDIR if os.path.isdir(where) else stat.S_IFREG
    options = f"fd={fd},rootmode={kind:o},user_id=0,group_id=0,allow_other"
    if libc.mount(b"resview", where.encode(), b"fuse." + subtype.encode(), 0,
                  options.encode()) < 0:
        sys.exit(f"mount {where}: {os.strerror(ctypes.get_errno())}")
    return kind


class Tree:
    def __init__(self, kind):
        self.modes = {1: kind | 0o755}
        self.ids = {}

    def attributes(self, node):
        return struct.pack("<6Q10I", node, *[0] * 8, self.modes[node], 1,
                           0, 0, 0, 512, 0)

    def look_up(self, parent, name):
        kind = stat.S_IFREG if name in FILES else stat.S_IFDIR
        node = self.ids.setdefault((parent, name), len(self.ids) + 2)
        self.modes[node] = kind | 0o755
        # Valid for no time: each is asked for again.
        return struct.pack("<4Q2I", node, 0, 0, 0, 0, 0) + self.attributes(node)

    def answer(self, opcode, node, body):
        """What to say, or an errno."""
        if opcode == INIT:
            return struct.pack("<4I2HI", 7, 22, 0, 0, 12, 9, 4096)
        if opcode == LOOKUP:
            return self.look_up(node, body.split(b"\0")[0].decode())
        if opcode == GETATTR:
            return struct.pack("<Q2I", 0, 0, 0) + self.attributes(node)
        return ENOSYS


def is_there(at, name):
    try:
        os.stat(name, dir_fd=at)
        return True
    except FileNotFoundError:
        return False


def main():
    where, subtype, silent = sys.argv[1:4]
    # Its name may lead through our own mount later on.
    at = os.open(os.path.dirname(silent), os.O_RDONLY | os.O_DIRECTORY)
    name = os.path.basename(silent)
    fd = os.open("/dev/fuse", os.O_RDWR)
    tree = Tree(mount(fd, where, subtype))
    print("ready", flush=True)
    while True:
        request = os.read(fd, 1 << 17)
        _, opcode, unique, node = struct.unpack_from("<2I2Q", request)
        if opcode in (FORGET, BATCH_FORGET):
            continue
        if opcode != INIT and is_there(at, name):
            continue
        reply = tree.answer(opcode, node, request[40:])
        error = 0
        if isinstance(reply, int):
            reply, error = b"", -reply
        os.write(fd, struct.pack("<IiQ", 16 + len(reply), error, unique)
                 + reply)


main()
