/* SPDX-License-Identifier: MIT */
/*
 * The engine's whole face.  It runs on the loop it is given, puts flows into
 * the list, asks the gate, and knows no screen.
 */
#ifndef SLUICE_PROXY_PROXY_H
#define SLUICE_PROXY_PROXY_H

#include <ev.h>

#include "sluice/base/option.h"
#include "sluice/flow/gate.h"
#include "sluice/tls/ca.h"

struct proxy;

struct proxy_setup {
	struct ev_loop *loop;
	struct options *options;	/* borrowed; outlives the proxy */
	struct flow_list *list;
	struct store *store;		/* where bodies are kept */
	struct undo *undo;		/* forgotten when room is short; or
					 * NULL */
	struct gate *gate;
	struct ca *ca;
};

/* err: a root file that can't be read, a pass regex that can't be compiled. */
struct proxy *proxy_new(const struct proxy_setup *setup, struct err *err) NODISCARD;
/* Closes everything at once; live flows become FLOW_FAILED. */
void proxy_free(struct proxy *p);

/* Can the options' modes and ports be read? */
bool proxy_check_modes(const struct options *o, struct err *err) NODISCARD;
/* Opens the listeners of the options; err is one line for the user. */
bool proxy_listen(struct proxy *p, struct err *err) NODISCARD;
/*
 * Listens on a socket made by somebody else (in another network namespace),
 * in that mode; takes the descriptor.
 */
bool proxy_listen_on(struct proxy *p, int fd, const char *mode,
    struct err *err) NODISCARD;
/* Without those of proxy_listen_on. */
size_t proxy_listeners(const struct proxy *p);
/* "127.0.0.1:8080"; valid until proxy_free. */
const char *proxy_address(const struct proxy *p, size_t i);
/*
 * Appends "http://192.0.2.7:8080/", where other machines find the page with
 * the certificate; false: no listener that they could reach has it.
 */
bool proxy_put_page(const struct proxy *p, struct buf *out) NODISCARD;
/* Can others than this machine reach a listener? */
bool proxy_is_exposed(const struct proxy *p);
/* Stops accepting; running exchanges go on. */
void proxy_quiesce(struct proxy *p);
/* Exchanges and tunnels still running. */
size_t proxy_busy(const struct proxy *p);
size_t proxy_connections(const struct proxy *p);

/*
 * Sends f's request again, as a new flow linked by parent (returned,
 * borrowed from the list).  f may be any finished flow or draft with a
 * request; NULL and err otherwise.
 */
struct flow *proxy_replay(struct proxy *p, const struct flow *f, struct err *err)
    NODISCARD;
/* Ends a live flow: as X in the console. False when it is not live. */
bool proxy_drop(struct proxy *p, struct flow *f);
/*
 * Trusts, for this run, the certificate that f's server showed, for the host
 * f asked for.  err when f has none, or it was verified anyway.
 */
bool proxy_trust_flow(struct proxy *p, const struct flow *f, struct err *err)
    NODISCARD;

/* Why connections to a host are passed through untouched. */
enum pass_why {
	PASS_OPTION,		/* --pass */
	PASS_USER,		/* asked for on a flow */
	PASS_LEARNED,		/* its clients refuse our certificate */
	PASS_SUGGESTED,		/* .. and learn_pass is ask: not in force */
};
struct pass {
	enum pass_why why;
	const char *host;	/* name, or the expression of PASS_OPTION */
	const char *reason;	/* safe text */
	int64_t since, until;	/* wall µs; until 0: this run */
	size_t used;		/* connections passed */
};
/* The list, newest last; *pass is valid until the loop goes on. */
size_t proxy_passes(const struct proxy *p);
void proxy_pass_at(const struct proxy *p, size_t i, struct pass *pass);
/* Passes host through from now on: a name or an IP literal, exact. */
bool proxy_pass_add(struct proxy *p, const char *host, struct err *err)
    NODISCARD;
/* Opens it again; what was learned is forgotten.  False: --pass stays. */
bool proxy_pass_remove(struct proxy *p, size_t i);

/* Trusts one more root towards servers, PEM (the demo's own). */
bool proxy_trust(struct proxy *p, struct str pem, struct err *err) NODISCARD;

#endif
