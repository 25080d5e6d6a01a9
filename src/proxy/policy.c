/* SPDX-License-Identifier: MIT */
/* Per-host exceptions: weak TLS, client certificates, trust of the user's. */
#include "policy.h"

#include <unistd.h>

#include "memory.h"
#include "sluice/base/mem.h"
#include "sluice/flow/regex.h"

#define TRUSTED_MAX 1000

struct client_key {
	struct regex *hosts;		/* NULL: all */
	struct tls_key *key;
};

struct policy {
	struct regex **weak;
	size_t weak_count;
	struct client_key *keys;
	size_t key_count;
	struct memory *trusted;		/* "host fingerprint" */
};

static bool
read_weak(struct policy *p, const struct options *o, struct err *err)
{
	size_t n = option_list_count(o, OPTION_WEAK), at;

	p->weak = mem_array(NULL, n ? n : 1, sizeof *p->weak);
	for (size_t i = 0; i < n; i++) {
		const char *text = option_list_at(o, OPTION_WEAK, i);

		p->weak[i] = regex_new(str_from(text), err, &at);
		if (!p->weak[i])
			return err_wrap(err, "-o weak=%s", text);
		p->weak_count++;
	}
	return true;
}

/* "REGEX=FILE", or "FILE" for all hosts; a file may have a '=' in its name. */
static bool
read_key(struct client_key *k, const char *text, struct err *err)
{
	struct str all = str_from(text);
	size_t equals = str_chr(all, '=', 0), at;
	const char *file = text;

	if (equals != SIZE_MAX && access(text, F_OK) != 0) {
		k->hosts = regex_new(str_sub(all, 0, equals), err, &at);
		if (!k->hosts)
			return err_wrap(err, "-o client_cert=%s", text);
		file = text + equals + 1;
	}
	k->key = tls_key_load(file, err);
	return k->key != NULL || err_wrap(err, "-o client_cert");
}

static bool
read_keys(struct policy *p, const struct options *o, struct err *err)
{
	size_t n = option_list_count(o, OPTION_CLIENT_CERT);

	p->keys = mem_array(NULL, n ? n : 1, sizeof *p->keys);
	for (size_t i = 0; i < n; i++) {
		struct client_key *k = &p->keys[i];

		*k = (struct client_key){ 0 };
		p->key_count++;
		if (!read_key(k, option_list_at(o, OPTION_CLIENT_CERT, i),
		    err))
			return false;
	}
	return true;
}

struct policy *
policy_new(const struct options *o, struct err *err)
{
	struct policy *p = NEW(struct policy);

	p->trusted = memory_new(TRUSTED_MAX);
	if (read_weak(p, o, err) && read_keys(p, o, err))
		return p;
	policy_free(p);
	return NULL;
}

void
policy_free(struct policy *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->weak_count; i++)
		regex_free(p->weak[i]);
	free(p->weak);
	for (size_t i = 0; i < p->key_count; i++) {
		regex_free(p->keys[i].hosts);
		tls_key_free(p->keys[i].key);
	}
	free(p->keys);
	memory_free(p->trusted);
	free(p);
}

bool
policy_is_weak(const struct policy *p, const char *host)
{
	for (size_t i = 0; i < p->weak_count; i++)
		if (regex_match(p->weak[i], str_from(host)))
			return true;
	return false;
}

const struct tls_key *
policy_key(const struct policy *p, const char *host)
{
	for (size_t i = 0; i < p->key_count; i++) {
		const struct client_key *k = &p->keys[i];

		if (!k->hosts || regex_match(k->hosts, str_from(host)))
			return k->key;
	}
	return NULL;
}

static char *
trust_text(const char *host, const char *sha256)
{
	return mem_printf("%s %s", host, sha256);
}

void
policy_trust(struct policy *p, const char *host, const char *sha256)
{
	char *text = trust_text(host, sha256);

	memory_note(p->trusted, str_from(text));
	free(text);
}

bool
policy_trusts(const struct policy *p, const char *host, const char *sha256)
{
	char *text = trust_text(host, sha256);
	bool trusts = memory_count(p->trusted, str_from(text)) > 0;

	free(text);
	return trusts;
}
