/* SPDX-License-Identifier: MIT */
/*
 * ClientHellos composed of lists, as records, and a reader of such bytes that
 * finds every step over their end.  For the tests of the tls floor only.
 */
#ifndef SLUICE_TESTS_TLS_DRAFT_H
#define SLUICE_TESTS_TLS_DRAFT_H

#include "sluice/base/buf.h"
#include "sluice/tls/hello.h"

#define CHROME_CIPHERS "1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013," \
	"c014,009c,009d,002f,0035"
#define CHROME_SIGNATURES "0403,0804,0401,0503,0805,0501,0806,0601"
#define CHROME_OLD "001b,0000,0033,0010,4469,0017,002d,000d,0005,0023," \
	"0012,002b,ff01,000b,000a,0015"
#define CHROME_ECH "001b,0000,0033,0010,4469,0017,002d,000d,0005,0023," \
	"0012,002b,ff01,000b,000a,fe0d"
#define CHROME_JA4 "t13d1516h2_8daaf6152771_02713d6af862"

/* Numbers are four hex digits with commas between. */
struct draft {
	const char *ciphers;		/* NULL: "1301" */
	const char *extensions;		/* NULL: there is not even a list */
	const char *signatures;		/* in 000d; NULL: it is empty */
	const char *versions;		/* in 002b; NULL: 1.3 and 1.2 */
	const char *alpn;		/* one name, in 0010; NULL: "h2" */
	size_t padding;			/* bytes in 0015 */
	size_t record;			/* bytes in each; 0: as many as fit */
};

/* What Chrome sends, but for GREASE. */
extern const struct draft draft_chrome;

/* The records; the caller finishes raw. */
void draft_compose(const struct draft *d, struct buf *raw);
/* Records of the size around any handshake bytes. */
void draft_records(struct buf *raw, struct str message, size_t size);
/* One record around any ClientHello body; initialises raw. */
void draft_wrap(struct str body, struct buf *raw);
/*
 * hello_read_raw over the fields of another hello, from exactly as many
 * bytes as there are; all that must hold for any bytes is asserted.
 */
bool draft_read_raw(struct str raw, struct hello *h);
bool draft_read(const struct draft *d, struct hello *h);
/* "4000,4001,.."; the caller frees. */
char *draft_ids(size_t from, size_t n);

#endif
