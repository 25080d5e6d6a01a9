/* SPDX-License-Identifier: MIT */
/* ClientHellos as they came, and the two extensions read by hand. */
#include "fuzz.h"
#include "sluice/tls/hello.h"

static void
check_text(const char *text, size_t size)
{
	size_t n = strnlen(text, size);

	assert(n < size);
	assert(safe_for_terminal(str_make(text, n)));
}

static void
check_raw(struct str in)
{
	struct hello h = { .ech = true };
	bool ok = hello_read_raw(&h, in);

	check_text(h.ja4, sizeof h.ja4);
	check_text(h.versions, sizeof h.versions);
	check_text(h.ciphers, sizeof h.ciphers);
	assert(strlen(h.ja4) == (ok ? HELLO_JA4_SIZE - 1 : 0));
	assert(ok || (!h.ech && !*h.versions && !*h.ciphers));
}

static void
check_extensions(struct str in)
{
	struct hello h = { 0 };
	char text[64];
	bool sni = hello_parse_sni(&h, in);

	check_text(h.sni, sizeof h.sni);
	assert(sni == (h.sni[0] != '\0'));
	for (const char *p = h.sni; *p; p++)
		assert((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') ||
		    *p == '.' || *p == '-' || *p == '_');
	if (hello_parse_alpn(&h, in))
		assert(h.alpn_len > 0 && h.alpn_len <= HELLO_ALPN_MAX);
	else
		assert(h.alpn_len == 0);
	hello_alpn_text(&h, text, sizeof text);
	check_text(text, sizeof text);
	(void)hello_offers(&h, STR("h2"));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str in = str_make(bytes, n);

	if (fuzz_choice(&in) % 2)
		check_extensions(in);
	else
		check_raw(in);
	return 0;
}
