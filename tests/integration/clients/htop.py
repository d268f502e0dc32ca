# SPDX-License-Identifier: Apache-2.0
"""htop's meters, all as text."""

import os
import re
import tempfile

from screen import Screen

METERS = "CPU AllCPUs Memory Swap Tasks LoadAverage Uptime"
SETTINGS = f"""htop_version=3.2.2
config_reader_min_version=3
fields=0 48 17 18 38 39 40 2 46 47 49 1
hide_kernel_threads=1
detailed_cpu_time=1
account_guest_in_cpu_meter=0
header_layout=one_100
column_meters_0={METERS}
column_meter_modes_0={' '.join('2' for _ in METERS.split())}
tree_view=0
"""
UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def look(delay, draws):
    """The lines of the screen after DRAWS pictures that are DELAY s apart."""
    with tempfile.NamedTemporaryFile("w", suffix="htoprc") as file:
        file.write(SETTINGS)
        file.flush()
        screen = Screen("htop", "--no-color", "-d", str(int(delay * 10)),
                        HTOPRC=file.name, HOME=os.path.dirname(file.name))
        screen.wait_for(f"{METERS.split()[-1]}:", 60)
        screen.wait(delay * draws + 0.2)
        screen.end()
    return screen.lines()


def figure(lines, meter, name):
    """A number like "used:12.3M" of a meter, or "sy: 1.2%"."""
    for line in lines:
        if not re.match(rf" *{meter} *:", line):
            continue
        found = re.search(rf"{name} *: *([\d.]+)([KMGT]?)", line)
        if found:
            return float(found[1]) * UNITS[found[2]]
    raise ValueError(f"htop has no {meter} {name}: {lines[:12]}")


def total(lines, meter):
    """The number right after a meter's name: "Mem:256M"."""
    for line in lines:
        found = re.match(rf" *{meter} *: *([\d.]+)([KMGT]?)", line)
        if found:
            return float(found[1]) * UNITS[found[2]]
    raise ValueError(f"htop has no {meter}: {lines[:12]}")
