# SPDX-License-Identifier: MIT
"""The programs people use: each for http and https, with the CA trusted the
way its own manual says."""

import os
import shutil
import subprocess

import pytest
import requests

from harness import WAIT, clean_env, response

HERE = os.path.dirname(os.path.abspath(__file__))


@pytest.fixture(params=["http", "https"])
def site(request, sluice, origin, certs):
    """(sluice, origin, base URL)"""
    context = certs.server_context() if request.param == "https" else None
    o = origin(lambda q, stream: response(
        b"you asked " + q.target.encode() + b" " + q.body,
        Content_Type="text/plain"), context=context)
    s = sluice("--upstream-ca", certs.root)
    return s, o, "%s://one.localhost:%d" % (request.param, o.port)


def run(*args, **env):
    done = subprocess.run(args, capture_output=True, timeout=2 * WAIT,
                          stdin=subprocess.DEVNULL, env=clean_env(**env))
    assert done.returncode == 0, done
    return done.stdout.decode()


def needs(command):
    if not shutil.which(command):
        pytest.skip("there is no %s here" % command)


def test_curl(site):
    s, o, base = site
    out = run("curl", "-sS", "--fail", "-x", s.url, "--cacert", s.ca,
              "-d", "data", base + "/curl")
    assert out == "you asked /curl data"
    s.wait_line("POST", base + "/curl 200")


def test_curl_several_at_once(site):
    s, o, base = site
    out = run("curl", "-sS", "--fail", "--parallel", "-x", s.url, "--cacert",
              s.ca, *("%s/%d" % (base, i) for i in range(10)))
    for i in range(10):
        assert "you asked /%d " % i in out


def test_wget(site):
    needs("wget")
    s, o, base = site
    out = run("wget", "-q", "-O", "-", "--ca-certificate=" + s.ca,
              base + "/wget", http_proxy=s.url, https_proxy=s.url)
    assert out == "you asked /wget "
    s.wait_line("GET", base + "/wget 200")


def test_requests(site, monkeypatch):
    s, o, base = site
    with requests.Session() as session:
        session.trust_env = False
        session.proxies = {"http": s.url, "https": s.url}
        session.verify = s.ca
        for i in range(3):
            r = session.post("%s/requests/%d" % (base, i), data="data",
                             timeout=WAIT)
            assert r.text == "you asked /requests/%d data" % i
    assert o.connections == 1
    s.wait_line("POST", base + "/requests/2 200")


@pytest.mark.parametrize("how", ["request", "fetch"])
def test_node(site, how):
    needs("node")
    s, o, base = site
    out = run("node", os.path.join(HERE, "client.js"), str(s.port),
              base + "/node", how, NODE_EXTRA_CA_CERTS=s.ca)
    assert out == "200 you asked /node\n"
    s.wait_line("GET", base + "/node 200")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_git_clone(sluice, origin, certs, tmp_path, scheme):
    needs("git")
    bare = tmp_path / "repo.git"
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@localhost",
           "-c", "init.defaultBranch=main"]
    home = str(tmp_path)
    run(*git, "init", "-q", str(tmp_path / "work"), HOME=home)
    (tmp_path / "work" / "file").write_text("content\n" * 10000)
    run(*git, "-C", str(tmp_path / "work"), "add", ".", HOME=home)
    run(*git, "-C", str(tmp_path / "work"), "commit", "-qm", "one", HOME=home)
    run(*git, "clone", "-q", "--bare", str(tmp_path / "work"), str(bare),
        HOME=home)
    run(*git, "-C", str(bare), "update-server-info", HOME=home)

    def answer(q, stream):
        path = os.path.normpath(str(tmp_path) + q.target.split("?")[0])
        if not os.path.isfile(path):
            return response(b"", "404 Not Found")
        with open(path, "rb") as f:
            return response(f.read(), Content_Type="text/plain")
    context = certs.server_context() if scheme == "https" else None
    o = origin(answer, context=context)
    s = sluice("--upstream-ca", certs.root)
    run(*git, "-c", "http.proxy=" + s.url, "-c", "http.sslCAInfo=" + s.ca,
        "clone", "-q", "%s://one.localhost:%d/repo.git" % (scheme, o.port),
        str(tmp_path / "copy"), HOME=home)
    assert (tmp_path / "copy" / "file").read_text() == "content\n" * 10000
    s.wait_line("%s://one.localhost:%d/repo.git/info/refs" % (scheme, o.port))
