# SPDX-License-Identifier: MIT
"""Server certificates of every odd kind, self-signed or by the test root."""

import os
import ssl
import subprocess


class Maker:
    def __init__(self, folder, certs):
        self.folder, self.certs = str(folder), certs

    def path(self, name):
        return os.path.join(self.folder, name)

    def openssl(self, *args):
        subprocess.run(["openssl", *map(str, args)], check=True,
                       capture_output=True, cwd=self.folder)

    def make(self, subject="/CN=odd", sans=None, signer="root", key="ec",
             dates=("-days", "30"), patch=None):
        """An SSL context for a server that shows this certificate.

        sans: text of the extension, None for no extension.  signer: "root",
        "other", or None for itself.  patch: (old, new) bytes of the same
        length, for what openssl would not write.
        """
        ext = "basicConstraints=CA:FALSE\n"
        if sans is not None:
            ext += "subjectAltName=%s\n" % sans
        with open(self.path("ext"), "w", encoding="utf-8") as f:
            f.write(ext)
        algorithm = ["-algorithm", "EC", "-pkeyopt",
                     "ec_paramgen_curve:P-256"] if key == "ec" else [
                         "-algorithm", "RSA", "-pkeyopt",
                         "rsa_keygen_bits:2048"]
        self.openssl("genpkey", *algorithm, "-out", "key.pem")
        self.openssl("req", "-new", "-utf8", "-key", "key.pem", "-subj",
                     subject, "-out", "csr.pem")
        sign = ["-signkey", "key.pem"] if signer is None else [
            "-CA", self.certs.path(signer, "pem"), "-CAkey",
            self.certs.path(signer, "key"), "-CAcreateserial"]
        self.openssl("x509", "-req", "-in", "csr.pem", *dates, "-extfile",
                     "ext", "-out", "cert.pem", *sign)
        if patch:
            self._patch(*patch)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path("cert.pem"), self.path("key.pem"))
        return context

    def _patch(self, old, new):
        assert len(old) == len(new)
        with open(self.path("cert.pem"), encoding="ascii") as f:
            der = ssl.PEM_cert_to_DER_cert(f.read())
        assert old in der
        with open(self.path("cert.pem"), "w", encoding="ascii") as f:
            f.write(ssl.DER_cert_to_PEM_cert(der.replace(old, new)))


def names_of(connection):
    return [v for _, v in connection.getpeercert().get("subjectAltName", ())]


def common_name(connection):
    for part in connection.getpeercert()["subject"]:
        for name, value in part:
            if name == "commonName":
                return value
    return None


def verify_strictly(connection, ca, folder, host=None, ip=None):
    """What openssl's strictest reading says of the leaf."""
    leaf = os.path.join(str(folder), "leaf.pem")
    with open(leaf, "w", encoding="ascii") as f:
        f.write(ssl.DER_cert_to_PEM_cert(connection.getpeercert(True)))
    args = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver",
            "-CAfile", str(ca)]
    if host:
        args += ["-verify_hostname", host]
    if ip:
        args += ["-verify_ip", ip]
    done = subprocess.run(args + [leaf], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
