from test_upstream import *
from harness import *
import os,time,subprocess
def test_x(sluice, origin, certs, proxy, raw):
  for k in range(8):
    body = bytes(range(256)) * 40000
    o = origin(lambda r, st: response(body), context=certs.server_context())
    p = proxy(lambda head: None, context=certs.server_context())
    s = sluice(*upstream(p, "https"), "--upstream-ca", certs.root)
    c = raw(s.port).connect("127.0.0.1:%d" % o.port)
    c.start_tls(client_context(s.ca), "one.localhost")
    c.send("GET /big HTTP/1.1\r\nHost: one.localhost\r\n\r\n")
    c.sock.settimeout(4)
    n=0
    try:
        while n < 10240045:
            n+=len(c.sock.recv(65536))
    except Exception as e:
        print(n, e, o.errors)
        print(subprocess.run("ss -tnp | grep sluice; ss -xp | grep sluice; ss -tnp | grep python", shell=True,capture_output=True,text=True).stdout)
        print(subprocess.run(["gdb","-p",str(s.process.pid),"-batch","-ex","bt 12"],capture_output=True,text=True).stdout[-3000:])
        print(s.err)
        assert 0
