/* SPDX-License-Identifier: MIT */
/* URLs and authorities: what is taken apart is put together the same. */
#include <stdlib.h>

#include "fuzz.h"
#include "sluice/http/url.h"

static void
check_host(struct str host)
{
	for (size_t i = 0; i < host.n; i++) {
		unsigned char c = (unsigned char)host.p[i];

		assert(c > 0x20 && c < 0x7f && !strchr("/@?#[]", c));
	}
}

static void
check_authority(struct str in, unsigned port)
{
	struct str host, again;
	unsigned got, second;
	struct err err = { "" };
	struct buf out;

	if (!url_parse_authority(in, port, &host, &got, &err)) {
		assert(err_is_set(&err));
		assert(safe_for_terminal(str_from(err.text)));
		return;
	}
	assert(got > 0 && got < 65536 && host.n > 0);
	check_host(host);
	buf_init(&out, 1 << 20);
	url_put_authority(&out, STR("http"), host, got);
	assert(url_parse_authority(buf_str(&out), 80, &again, &second, &err));
	assert(second == got && str_eq(host, again));
	buf_fini(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str in = str_make(bytes, n);
	struct err err = { "" };
	struct url url;

	check_authority(in, 0);
	check_authority(in, 80);
	if (url_parse(in, &url, &err)) {
		char *path = url_path(&url);

		assert(path[0] == '/' && url.port < 65536);
		check_host(url.host);
		free(path);
	} else {
		assert(safe_for_terminal(str_from(err.text)));
	}
	return 0;
}
