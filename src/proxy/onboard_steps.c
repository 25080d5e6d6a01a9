/* SPDX-License-Identifier: MIT */
/* Commands and menus, one entry a platform. */
#include "onboard_steps.h"

#include "sluice/base/attr.h"

#define FETCH "curl -x http://%PROXY% -O http://sluice.test/"
#define PEM "sluice-ca-cert.pem"

const struct onboard_step onboard_steps[] = {
	{ "Debian, Ubuntu",
	    FETCH PEM "\n"
	    "sudo cp " PEM " /usr/local/share/ca-certificates/sluice.crt\n"
	    "sudo update-ca-certificates\n\n"
	    "Undo: sudo rm /usr/local/share/ca-certificates/sluice.crt && "
	    "sudo update-ca-certificates --fresh" },
	{ "Fedora, RHEL",
	    FETCH PEM "\n"
	    "sudo cp " PEM " /etc/pki/ca-trust/source/anchors/sluice.pem\n"
	    "sudo update-ca-trust\n\n"
	    "Undo: sudo rm /etc/pki/ca-trust/source/anchors/sluice.pem && "
	    "sudo update-ca-trust" },
	{ "Arch",
	    FETCH PEM "\n"
	    "sudo trust anchor --store " PEM "\n\n"
	    "Undo: sudo trust anchor --remove " PEM },
	{ "macOS",
	    FETCH PEM "\n"
	    "sudo security add-trusted-cert -d -r trustRoot "
	    "-k /Library/Keychains/System.keychain " PEM "\n\n"
	    "Undo: Keychain Access, System, Certificates, delete sluice CA" },
	{ "Windows",
	    "Download sluice-ca-cert.cer, then as administrator:\n"
	    "certutil -addstore Root sluice-ca-cert.cer\n\n"
	    "Undo: certmgr.msc, Trusted Root Certification Authorities, "
	    "delete sluice CA" },
	{ "iOS, iPadOS",
	    "1. Settings, Wi-Fi, (i) of the network, Configure Proxy, Manual: "
	    "the host and port of %PROXY% as the phone can reach it\n"
	    "2. Safari: http://sluice.test/ and tap sluice-ca-cert.cer\n"
	    "3. Settings, General, VPN & Device Management: install it\n"
	    "4. Settings, General, About, Certificate Trust Settings: switch "
	    "it on\n\n"
	    "Undo: remove the profile in step 3, and the proxy in step 1" },
	{ "Android",
	    "1. Settings, Wi-Fi, the network, Proxy, Manual: the host and "
	    "port of %PROXY% as the phone can reach it\n"
	    "2. Browser: http://sluice.test/ and save sluice-ca-cert.cer\n"
	    "3. Settings, Security, Encryption & credentials, Install a "
	    "certificate, CA certificate\n\n"
	    "Apps trust it only when their network security configuration "
	    "says so (user certificates); browsers do.\n"
	    "Undo: Settings, Security, Trusted credentials, User" },
	{ "Firefox",
	    "Settings, Privacy & Security, View Certificates, Authorities, "
	    "Import: " PEM "; tick: identify websites\n"
	    "Settings, Network Settings, Manual proxy: %PROXY%, also for "
	    "HTTPS\n\n"
	    "Undo: the same list, Delete or Distrust" },
	{ "Chrome, Chromium on Linux",
	    "sudo apt install libnss3-tools\n"
	    FETCH PEM "\n"
	    "certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n sluice -i " PEM "\n"
	    "chromium --proxy-server=http://%PROXY%\n\n"
	    "Undo: certutil -d sql:$HOME/.pki/nssdb -D -n sluice" },
	{ "Java",
	    "keytool -importcert -noprompt -alias sluice -file " PEM
	    " -keystore sluice.jks -storepass changeit\n"
	    "java -Djavax.net.ssl.trustStore=sluice.jks "
	    "-Djavax.net.ssl.trustStorePassword=changeit "
	    "-Dhttps.proxyHost=HOST -Dhttps.proxyPort=PORT ...\n"
	    "(HOST and PORT of %PROXY%)\n\n"
	    "Undo: rm sluice.jks" },
	{ "Node",
	    "export NODE_EXTRA_CA_CERTS=$PWD/" PEM "\n"
	    "export NODE_USE_ENV_PROXY=1 https_proxy=http://%PROXY%\n\n"
	    "Undo: unset NODE_EXTRA_CA_CERTS NODE_USE_ENV_PROXY https_proxy" },
	{ "Python",
	    "export SSL_CERT_FILE=$PWD/" PEM " REQUESTS_CA_BUNDLE=$PWD/" PEM
	    "\nexport http_proxy=http://%PROXY% https_proxy=http://%PROXY%\n\n"
	    "Undo: unset SSL_CERT_FILE REQUESTS_CA_BUNDLE http_proxy "
	    "https_proxy" },
	{ "curl, git",
	    "curl -x http://%PROXY% --cacert " PEM " https://example.org/\n"
	    "git -c http.proxy=http://%PROXY% -c http.sslCAInfo=" PEM
	    " clone https://..." },
	{ "Docker",
	    "docker run -e https_proxy=http://%PROXY% "
	    "-e SSL_CERT_FILE=/sluice.pem -v $PWD/" PEM ":/sluice.pem:ro "
	    "--network host IMAGE" },
};

const size_t onboard_step_count = ARRAY_LEN(onboard_steps);
