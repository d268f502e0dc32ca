# SPDX-License-Identifier: Apache-2.0
"""A terminal that can do next to nothing, for programs without a batch mode."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import tempfile
import termios
import time

LINES, COLUMNS = 40, 160
# Only what a program cannot do without, so that little has to be understood.
TERMINFO = f"""tiny|next to nothing,
\tam, cols#{COLUMNS}, lines#{LINES},
\tclear=\\E[H\\E[2J, cr=\\r, cup=\\E[%i%p1%d;%p2%dH, ind=\\n,
"""
MOVE = re.compile(r"\x1b\[(\d+);(\d+)H")
CLEAR = "\x1b[H\x1b[2J"


class Screen:
    """A program on such a terminal; lines() is what one would see."""

    def __init__(self, *command, **environment):
        self.directory = tempfile.TemporaryDirectory()
        source = f"{self.directory.name}/tiny"
        with open(source, "w", encoding="ascii") as file:
            file.write(TERMINFO)
        subprocess.run(["tic", "-x", "-o", self.directory.name, source],
                       check=True)
        self.text = ""
        self.rows = [[" "] * COLUMNS for _ in range(LINES)]
        self.row = self.column = 0
        env = dict(os.environ, TERM="tiny", TERMINFO=self.directory.name,
                   **environment)
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ,
                        struct.pack("4H", LINES, COLUMNS, 0, 0))
            os.execvpe(command[0], command, env)

    def wait(self, seconds):
        """Let it draw for a while."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not select.select([self.terminal], [], [], left)[0]:
                continue
            try:
                self.text += os.read(self.terminal, 65536).decode("latin1")
            except OSError:
                return
        self._draw()

    def wait_for(self, text, seconds):
        """Let it draw until TEXT can be seen."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.wait(0.2)
            if any(text in line for line in self.lines()):
                break

    def _draw(self):
        text = self.text
        at = 0
        while at < len(text):
            if text.startswith(CLEAR, at):
                self.rows = [[" "] * COLUMNS for _ in range(LINES)]
                self.row = self.column = 0
                at += len(CLEAR)
            elif move := MOVE.match(text, at):
                self.row, self.column = (int(n) - 1 for n in move.groups())
                at = move.end()
            else:
                self._put(text[at])
                at += 1
        self.text = ""

    def _put(self, char):
        if char == "\r":
            self.column = 0
        elif char == "\n":
            self.row = min(self.row + 1, LINES - 1)
        elif char == "\b":
            self.column = max(self.column - 1, 0)
        elif char >= " ":
            if self.column == COLUMNS:
                self.row, self.column = min(self.row + 1, LINES - 1), 0
            self.rows[self.row][self.column] = char
            self.column += 1

    def lines(self):
        return ["".join(row).rstrip() for row in self.rows]

    def end(self):
        os.kill(self.pid, signal.SIGTERM)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)
        self.directory.cleanup()
