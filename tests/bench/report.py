# SPDX-License-Identifier: MIT
"""What was measured, as text that is also Markdown."""

import datetime
import json
import os
import platform
import re
import statistics

import proc

HEADS = ("requests/s", "CPU-µs/request", "p50 ms", "p99 ms", "peak MiB",
         "sluice's CPU", "sluice's rate")


def parse(line):
    return json.loads(line)


def median(rows, name):
    return statistics.median(r[name] for r in rows)


def ratio(ours, theirs, name):
    """Of what was measured in the same round, where there are pairs."""
    return statistics.median(a[name] / b[name] for a, b in zip(ours, theirs)
                             if b[name])


def number(n):
    return "%.0f" % n if n >= 100 else "%.1f" % n


def table(rows):
    widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]

    def line(cells):
        return "| %s |" % " | ".join(
            c.ljust(w) if i == 0 else c.rjust(w)
            for i, (c, w) in enumerate(zip(cells, widths)))
    rule = ["-" * (w + 2 - (i > 0)) + ":" * (i > 0)
            for i, w in enumerate(widths)]
    return "\n".join([line(rows[0]), "|%s|" % "|".join(rule),
                      *map(line, rows[1:])])


def work_table(bench, work):
    found = [(peer, rows) for (key, peer), rows in bench.rows.items()
             if key == work.key]
    if not found:
        return ""
    ours = dict(found).get("sluice")
    out = [["", *HEADS]]
    for peer, rows in found:
        cells = [peer, number(median(rows, "rate")),
                 number(median(rows, "cpu")),
                 "%.2f" % (median(rows, "p50_us") / 1e3),
                 "%.2f" % (median(rows, "p99_us") / 1e3),
                 number(median(rows, "peak") / 1024)]
        if ours and peer != "sluice":
            cells += ["%.2f x" % ratio(ours, rows, "cpu"),
                      "%.2f x" % ratio(ours, rows, "rate")]
        else:
            cells += ["", ""]
        out.append(cells)
    return "## %s\n\n%s\n" % (work.title, table(out))


def compared(bench, work, peer, name):
    ours = bench.rows.get((work, "sluice"))
    theirs = bench.rows.get((work, peer))
    return ratio(ours, theirs, name) if ours and theirs else None


def targets(bench):
    """What is to be reached, and what was."""
    rows = [["target", "at", "reached", ""]]

    def add(title, limit, value, least=False):
        if value is None:
            rows.append([title, limit, "not measured", ""])
            return
        bound = float(re.search(r"[\d.]+", limit).group(0))
        good = value >= bound if least else value <= bound
        rows.append([title, limit, "%.2f" % value,
                     "met" if good else "missed"])
    for work, size in (("https-1k", "1 KiB"), ("https-1m", "1 MiB")):
        add("CPU, sslsplit's, %s" % size, "<= 1.0 x",
            compared(bench, work, "sslsplit", "cpu"))
        add("CPU, bare relay's, %s" % size, "<= 1.3 x",
            compared(bench, work, "bare relay", "cpu"))
    add("CPU, sslsplit's, a new connection", "<= 0.5 x",
        compared(bench, "new", "sslsplit", "cpu"))
    add("rate, mitmdump's, 1 KiB", ">= 25 x",
        compared(bench, "https-1k", "mitmdump", "rate"), least=True)
    add("CPU with the console open, to without", "<= 1.10 x",
        console_cost(bench))
    return "## Targets\n\n%s\n" % table(rows)


def console_cost(bench):
    head = bench.rows.get(("console", "sluice"))
    screen = bench.rows.get(("console", "sluice, console"))
    return ratio(screen, head, "cpu") if head and screen else None


def percentile(times, share):
    return times[min(len(times) - 1, int(len(times) * share))]


def others(bench):
    facts, out = bench.facts, ["## Console, start, rest, memory", ""]
    for state, times in facts.get("keys", {}).items():
        if times:
            out.append("* Key to paint, %s: p50 %.2f ms, p99 %.2f ms (%d "
                       "keys)." % ({"idle": "at rest",
                                    "load": "under full load"}[state],
                                   percentile(times, .5) * 1e3,
                                   percentile(times, .99) * 1e3, len(times)))
    cost = console_cost(bench)
    if cost is not None:
        out.append("* CPU a request with the console open: %.2f times that "
                   "without (%s µs to %s µs)." % (
                       cost, *[number(median(bench.rows["console", n], "cpu"))
                               for n in ("sluice, console", "sluice")]))
    if "flow" in facts:
        out.append("* Memory of a flow with a body of 1 KiB: %.0f bytes."
                   % facts["flow"])
    if "first start" in facts:
        out.append("* First start, making the authority: %.0f ms."
                   % (facts["first start"] * 1e3))
    rows = [["", "cold start ms", "wake-ups/s at rest"]]
    for name in {**facts.get("cold", {}), **facts.get("idle", {})}:
        cold, idle = facts["cold"].get(name), facts["idle"].get(name)
        rows.append([name, "" if cold is None else "%.0f" % (cold * 1e3),
                     "" if idle is None else number(idle)])
    return "\n".join([*out, "", table(rows), ""])


def machine():
    model = re.search(r"model name\s*: (.*)", proc.text_of("/proc/cpuinfo"))
    return "%s, %d processors, Linux %s, load average %.2f" % (
        model.group(1) if model else platform.machine(), os.cpu_count(),
        platform.release(), os.getloadavg()[0])


def write(bench, works, seconds):
    versions = ", ".join("%s %s" % (p.name, p.version())
                         for p in [*bench.peers, bench.origin])
    out = ["# Results of make bench", "",
           "%s; %s." % (datetime.date.today().isoformat(), machine()),
           "%s." % versions,
           "%d rounds; took %.0f s. README says how it is measured; the last "
           "two columns are sluice's figure divided by the peer's."
           % (bench.rounds, seconds), ""]
    out += [targets(bench)]
    out += [t for t in (work_table(bench, w) for w in works) if t]
    out += [others(bench)]
    if bench.words:
        out += ["## Left out", "", *["* %s" % w for w in bench.words], ""]
    return "\n".join(out)
