# SPDX-License-Identifier: MIT
"""What /proc says about a tree of processes, and children that are sure to
end with us."""

import os
import socket
import subprocess
import time

WAIT = 20       # seconds for a program to start to listen


class Failed(Exception):
    pass


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def text_of(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as f:
            return f.read()
    except OSError:
        return ""


def tree(root):
    """root and all its descendants."""
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            stat = text_of("/proc/%s/stat" % name)
            if stat:
                parent = int(stat.rsplit(")", 1)[1].split()[1])
                children.setdefault(parent, []).append(int(name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def cpu_us(pids):
    """CPU time of all their threads; schedstat counts nanoseconds."""
    total = 0.0
    for pid in pids:
        try:
            tasks = os.listdir("/proc/%d/task" % pid)
        except OSError:
            continue
        for task in tasks:
            words = text_of("/proc/%d/task/%s/schedstat" % (pid, task)).split()
            total += int(words[0]) / 1000 if words else 0
    return total


def _status(pids, *names):
    return sum(int(line.split()[1]) for pid in pids
               for line in text_of("/proc/%d/status" % pid).splitlines()
               if line.split(":")[0] in names)


def rss_kib(pids):
    return _status(pids, "VmRSS")


def peak_kib(pids):
    return _status(pids, "VmHWM")


def forget_peak(pids):
    for pid in pids:
        try:
            with open("/proc/%d/clear_refs" % pid, "w", encoding="ascii") as f:
                f.write("5")
        except OSError:
            pass


def wakeups(pids):
    total = 0
    for pid in pids:
        for task in os.listdir("/proc/%d/task" % pid):
            for line in text_of("/proc/%d/task/%s/status" % (pid, task)) \
                    .splitlines():
                if line.startswith("voluntary_ctxt_switches"):
                    total += int(line.split()[1])
    return total


def spawn(args, log, terminal=None, env=None):
    """In a session of its own; setsid(1) sees to that on a terminal."""
    with open(log, "ab") as out:
        return subprocess.Popen(
            [str(a) for a in args], stderr=out, env=env,
            stdin=subprocess.DEVNULL if terminal is None else terminal,
            stdout=out if terminal is None else terminal,
            start_new_session=terminal is None)


def wait_port(port, process):
    """Seconds until somebody listens there."""
    began = time.monotonic()
    while time.monotonic() - began < WAIT:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return time.monotonic() - began
        except OSError:
            pass
        if process.poll() is not None:
            raise Failed("ended with %d" % process.returncode)
        time.sleep(0.001)
    raise Failed("does not listen after %d s" % WAIT)


def stop(process):
    """The child, then what it left; all are our own descendants."""
    if process is None:
        return
    pids = tree(process.pid)
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        for pid in pids:
            try:
                os.kill(pid, 9)
            except OSError:
                pass
        process.wait()
