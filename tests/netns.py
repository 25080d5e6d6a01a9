# SPDX-License-Identifier: MIT
"""Three machines in network namespaces of their own: client -- gateway --
origin, with IPv4 and IPv6 on both links.  Sockets of any of them are made in
this process; programs run there through ip netns exec."""

import ctypes
import os
import shutil
import socket
import subprocess
import threading

import pytest

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)

CLIENT4, CLIENT6 = "10.77.1.2", "fd77:1::2"
ORIGIN4, ORIGIN6 = "10.77.2.2", "fd77:2::2"
GATEWAY4, GATEWAY6 = "10.77.1.1", "fd77:1::1"


def why_not():
    """Why namespaces can't be made here, or None."""
    if os.geteuid() != 0:
        return "not root: network namespaces can't be made"
    for tool in ("ip", "nft"):
        if not shutil.which(tool):
            return "no %s: network namespaces can't be made" % tool
    name = "sl%d-try" % os.getpid()
    done = subprocess.run(
        "ip netns add %s && ip netns exec %s nft add table inet t && "
        "ip netns exec %s nft 'add chain inet t c "
        "{ type nat hook prerouting priority -100; }'" % (name, name, name),
        shell=True, capture_output=True, text=True)
    subprocess.run(["ip", "netns", "del", name], capture_output=True)
    if done.returncode:
        return "namespaces are not allowed here: " + done.stderr.strip()
    return None


def run(*command, check=True):
    return subprocess.run([str(c) for c in command], check=check,
                          capture_output=True, text=True)


class Machine:
    def __init__(self, name):
        self.name = name
        self.prefix = ("ip", "netns", "exec", name)
        run("ip", "netns", "add", name)
        self("ip", "link", "set", "lo", "up")

    def __call__(self, *command, check=True):
        return run(*self.prefix, *command, check=check)

    def socket(self, make):
        """What make() gives, made by a thread that is on this machine."""
        got = []

        def work():
            fd = os.open("/run/netns/" + self.name, os.O_RDONLY)
            try:
                if LIBC.setns(fd, CLONE_NEWNET) != 0:
                    raise OSError(ctypes.get_errno(), "setns")
                got.append(make())
            except OSError as e:
                got.append(e)
            finally:
                os.close(fd)
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        if isinstance(got[0], Exception):
            raise got[0]
        return got[0]

    def listen(self, port, v6=True):
        """Both families at once unless told otherwise."""
        return self.socket(lambda: socket.create_server(
            ("", port), family=socket.AF_INET6 if v6 else socket.AF_INET,
            dualstack_ipv6=v6, backlog=64))

    def connect(self, host, port, seconds=20):
        return self.socket(lambda: socket.create_connection((host, port),
                                                            seconds))


class Net:
    def __init__(self):
        base = "sl%d" % os.getpid()
        self.machines = []
        self.client = self._machine(base + "c")
        self.gateway = self._machine(base + "g")
        self.origin = self._machine(base + "o")
        self._link(self.client, "10.77.1.2", "fd77:1::2",
                   self.gateway, "10.77.1.1", "fd77:1::1")
        self._link(self.origin, "10.77.2.2", "fd77:2::2",
                   self.gateway, "10.77.2.1", "fd77:2::1")
        self.gateway("sysctl", "-qw", "net.ipv4.ip_forward=1",
                     "net.ipv6.conf.all.forwarding=1")

    def _machine(self, name):
        run("ip", "netns", "del", name, check=False)
        self.machines.append(Machine(name))
        return self.machines[-1]

    def _link(self, a, a4, a6, b, b4, b6):
        near, far = "e" + a.name[-1], "e" + b.name[-1] + a.name[-1]
        run("ip", "-n", a.name, "link", "add", near, "type", "veth",
            "peer", "name", far, "netns", b.name)
        for m, dev, v4, v6 in ((a, near, a4, a6), (b, far, b4, b6)):
            m("ip", "addr", "add", v4 + "/24", "dev", dev)
            m("ip", "addr", "add", v6 + "/64", "dev", dev, "nodad")
            m("ip", "link", "set", dev, "up")
        a("ip", "route", "add", "default", "via", b4)
        a("ip", "-6", "route", "add", "default", "via", b6)

    def close(self):
        for m in self.machines:
            run("ip", "netns", "del", m.name, check=False)


@pytest.fixture(scope="module")
def net():
    reason = why_not()
    if reason:
        pytest.skip(reason)
    made = Net()
    yield made
    made.close()
