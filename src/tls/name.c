/* SPDX-License-Identifier: MIT */
/*
 * Host names and IP literals as certificates know them: what may be written
 * into one, and the bytes of an address.  Pure functions.
 */
#include "private.h"

#include <openssl/x509v3.h>

#define IP_TEXT_MAX 45

static bool
is_label_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool
name_is_host(struct str s, bool wildcard)
{
	size_t label = 0;

	if (s.n == 0 || s.n > NAME_HOST_MAX)
		return false;
	if (wildcard && str_starts(s, STR("*.")))
		s = str_skip(s, 2);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.') {
			if (label == 0)
				return false;
			label = 0;
		} else if (!is_label_byte(s.p[i]) || ++label > 63) {
			return false;
		}
	}
	return label > 0;
}

struct str
name_strip(struct str host)
{
	if (host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = str_sub(host, 1, host.n - 1);
	if (str_chr(host, ':', 0) != SIZE_MAX) {
		size_t zone = str_chr(host, '%', 0);

		return zone == SIZE_MAX ? host : str_sub(host, 0, zone);
	}
	if (host.n > 1 && host.p[host.n - 1] == '.')
		host.n--;
	return host;
}

static bool
parse_ipv4(struct str s, uint8_t out[4])
{
	struct str part;
	size_t count = 0;

	while (str_split(&s, '.', &part)) {
		uint64_t value;

		if (count == 4 || part.n > 3 || !str_to_u64(part, &value) ||
		    value > 255)
			return false;
		out[count++] = (uint8_t)value;
	}
	return count == 4;
}

static bool
parse_ipv6(struct str s, uint8_t out[16])
{
	char text[IP_TEXT_MAX + 1];
	ASN1_OCTET_STRING *ip;
	bool ok;

	if (s.n > IP_TEXT_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("0123456789abcdefABCDEF:.", s.p[i]) || !s.p[i])
			return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	ip = a2i_IPADDRESS(text);
	ok = ip && ASN1_STRING_length(ip) == 16;
	if (ok)
		memcpy(out, ASN1_STRING_get0_data(ip), 16);
	ASN1_OCTET_STRING_free(ip);
	return ok;
}

bool
name_parse_ip(struct str s, struct identity_ip *ip)
{
	s = name_strip(s);
	if (s.n == 0)
		return false;
	memset(ip, 0, sizeof *ip);
	if (str_chr(s, ':', 0) != SIZE_MAX) {
		ip->len = 16;
		return parse_ipv6(s, ip->bytes);
	}
	ip->len = 4;
	return parse_ipv4(s, ip->bytes);
}

/* RFC 952: no underscore, and no hyphen at either end. */
static bool
has_plain_labels(struct str name)
{
	struct str label;

	while (name.n > 0 && str_split(&name, '.', &label))
		if (label.n == 0 || label.p[0] == '-' ||
		    label.p[label.n - 1] == '-' ||
		    str_chr(label, '_', 0) != SIZE_MAX)
			return false;
	return true;
}

/*
 * RFC 6125 6.4.3: a whole first label, exactly one label, never "*.com".
 * Where OpenSSL sees no wildcard or no match for it, clients built on it do
 * not either: so the rest has to be plain, and the label no underscore.
 */
bool
name_covers(struct str pattern, struct str host)
{
	size_t dot;

	if (!str_starts(pattern, STR("*.")))
		return str_eq_nocase(pattern, host);
	pattern = str_skip(pattern, 1);
	if (str_chr(pattern, '.', 1) == SIZE_MAX ||
	    !has_plain_labels(str_skip(pattern, 1)))
		return false;
	dot = str_chr(host, '.', 0);
	return dot != SIZE_MAX && dot > 0 &&
	    str_chr(str_sub(host, 0, dot), '_', 0) == SIZE_MAX &&
	    str_eq_nocase(str_skip(host, dot), pattern);
}
