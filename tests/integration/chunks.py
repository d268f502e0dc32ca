#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""However a file is read, it is one consistent text.

usage: chunks.py ROOT VIEW...
"""

import os
import re
import sys
import threading

CHUNKS = (1, 17, 300, 4096, 131072)


def read_chunks(fd, size):
    text = b""
    while chunk := os.read(fd, size):
        assert len(chunk) <= size
        text += chunk
    return text


def shape(text):
    """What cannot change from one reading to the next: all but numbers."""
    return re.sub(rb"[ \d.]+", b"#", text)


def check(good, what):
    if not good:
        sys.exit(f"FAIL: {what}")


def check_chunks(path, whole):
    for size in CHUNKS:
        fd = os.open(path, os.O_RDONLY)
        text = read_chunks(fd, size)
        check(shape(text) == shape(whole), f"{path} in chunks of {size}")
        check(os.read(fd, 1) == b"", f"{path}: data after the end")
        os.lseek(fd, 0, os.SEEK_SET)
        check(shape(read_chunks(fd, size)) == shape(whole),
              f"{path} again in chunks of {size}")
        os.close(fd)


def check_offsets(path, whole):
    """The first read at n gives the bytes at n; past the end there is none."""
    for offset in (1, len(whole) // 2):
        fd = os.open(path, os.O_RDONLY)
        first = os.pread(fd, 65536, offset)
        rest = os.pread(fd, 65536, 0)[offset:]
        check(shape(first) == shape(rest), f"{path} at {offset}")
        check(os.pread(fd, 100, len(whole) + 100000) == b"",
              f"{path}: data past the end")
        os.close(fd)


def check_snapshot(path):
    """A reader that stops half-way goes on in the text that it began."""
    one = os.open(path, os.O_RDONLY)
    begun = os.read(one, 100)
    other = os.open(path, os.O_RDONLY)
    whole = read_chunks(other, 65536)
    check(shape(begun + read_chunks(one, 65536)) == shape(whole),
          f"{path}: changed under its reader")
    os.close(one)
    os.close(other)


def check_threads(path, whole):
    """Many threads pread one fd; each finds a text, never a torn one."""
    fd = os.open(path, os.O_RDONLY)
    torn = []

    def reader():
        for _ in range(200):
            text = os.pread(fd, 131072, 0)
            if shape(text) != shape(whole):
                torn.append(text)

    threads = [threading.Thread(target=reader) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os.close(fd)
    check(not torn, f"{path}: {len(torn)} torn of 1600: {torn[:1]}")


def check_view(path):
    with open(path, "rb", buffering=0) as file:
        whole = read_chunks(file.fileno(), 65536)
    check(not whole or whole.endswith(b"\n"), f"{path}: half a line")
    size = os.stat(path).st_size
    if "/sys/" in path:
        check(size == 4096, f"{path}: size {size}")
    else:
        check(size >= max(8192, len(whole)), f"{path}: size {size}")
    check_chunks(path, whole)
    check_offsets(path, whole)
    check_snapshot(path)
    # The kernel splits large reads; each part then is a request of its own.
    if len(whole) < 4096:
        check_threads(path, whole)


def main():
    root, *views = sys.argv[1:]
    for view in views:
        check_view(f"{root}/{view}")
    print(f"{len(views)} views")


main()
