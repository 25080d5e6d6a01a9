/* SPDX-License-Identifier: MIT */
/* Variables and who reads them. */
#include "sluice/run/environment.h"

#include <string.h>

#include "sluice/base/buf.h"
#include "sluice/base/mem.h"

/* Each is a file of trusted roots that replaces the tool's own. */
static const char *const root_names[] = {
	"SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE",
	"GIT_SSL_CAINFO", "PIP_CERT", "AWS_CA_BUNDLE", "CARGO_HTTP_CAINFO",
	"DENO_CERT", "NIX_SSL_CERT_FILE", "HTTPLIB2_CA_CERTS",
	"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
	"CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE",
};

static const char *const proxy_names[] = {
	"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy",
};

static const char *const bypass_names[] = { "no_proxy", "NO_PROXY" };

static void
put_java_proxy(struct buf *b, const char *proxy)
{
	static const char *const schemes[] = { "http", "https" };
	const char *colon = strrchr(proxy, ':');

	if (!colon)
		return;
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		buf_printf(b, " -D%s.proxyHost=%.*s -D%s.proxyPort=%s",
		    schemes[i], (int)(colon - proxy), proxy, schemes[i],
		    colon + 1);
	/* Else it goes to localhost directly. */
	buf_put(b, STR(" -Dhttp.nonProxyHosts="));
}

static void
set_java(const struct environment_setup *setup, environment_fn *set,
    void *owner)
{
	struct buf b;
	char *text;

	buf_init(&b, 16 * 1024);
	/* Quotes keep a path with blanks in one piece. */
	buf_printf(&b, "\"-Djavax.net.ssl.trustStore=%s\" "
	    "-Djavax.net.ssl.trustStoreType=PKCS12", setup->java);
	if (setup->proxy)
		put_java_proxy(&b, setup->proxy);
	text = buf_take(&b);
	set(owner, "JAVA_TOOL_OPTIONS", text);
	free(text);
	buf_fini(&b);
}

static void
set_proxies(const char *proxy, environment_fn *set, void *owner)
{
	char *url = mem_printf("http://%s", proxy);

	for (size_t i = 0; i < ARRAY_LEN(proxy_names); i++)
		set(owner, proxy_names[i], url);
	for (size_t i = 0; i < ARRAY_LEN(bypass_names); i++)
		set(owner, bypass_names[i], "");
	set(owner, "NODE_USE_ENV_PROXY", "1");
	free(url);
}

void
environment_each(const struct environment_setup *setup, environment_fn *set,
    void *owner)
{
	if (setup->proxy)
		set_proxies(setup->proxy, set, owner);
	for (size_t i = 0; i < ARRAY_LEN(root_names); i++)
		set(owner, root_names[i], setup->roots);
	set(owner, "NODE_EXTRA_CA_CERTS", setup->ca);
	set_java(setup, set, owner);
}
