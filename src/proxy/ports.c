/* SPDX-License-Identifier: MIT */
/* Opening, listing and closing listeners. */
#include "ports.h"

#include <unistd.h>

#include "private.h"
#include "session.h"
#include "sluice/base/mem.h"
#include "sluice/net/origdst.h"

bool
proxy_is_self(const struct proxy *p, const struct addr *a)
{
	struct port *port;

	list_for_each(port, &p->ports, struct port, link) {
		const struct addr *own = listener_addr(port->listener);

		if (port->mode.apart || addr_port(own) != addr_port(a))
			continue;
		if (addr_eq(own, a) || (addr_is_any(own) && addr_is_own(a)))
			return true;
	}
	return false;
}

static void
accepted(void *owner, struct listener *l, int fd, const struct addr *peer)
{
	struct port *port = owner;

	(void)l;
	if (access_admits(port->proxy->access, peer))
		session_new(port, fd, peer);
	else
		close(fd);
}

static const struct listener_ops port_ops = { .accepted = accepted };

static void
add_port(struct port *port)
{
	addr_format(listener_addr(port->listener), port->address);
	if (port->mode.kind == MODE_TRANSPARENT)
		origdst_prepare(listener_fd(port->listener));
	list_append(&port->proxy->ports, &port->link);
}

static struct port *
new_port(struct proxy *p)
{
	struct port *port = NEW(struct port);

	port->proxy = p;
	list_init(&port->link);
	return port;
}

static void
free_port(struct port *port)
{
	listener_free(port->listener);
	list_remove(&port->link);
	mode_fini(&port->mode);
	free(port);
}

/* mode: its text; where: NULL for the mode's own place. */
static bool
open_port(struct proxy *p, const char *where, const char *mode,
    struct err *err)
{
	struct port *port = new_port(p);
	struct addr at;

	if (!mode_parse(&port->mode, str_from(mode), err))
		goto fail;
	if (!where)
		where = port->mode.listen;
	if (!addr_parse_listen(str_from(where), &at, err)) {
		err_wrap(err, "--listen %s", where);
		goto fail;
	}
	port->listener = listener_new(p->setup.loop, &at, &port_ops, port,
	    err);
	if (!port->listener)
		goto fail;
	add_port(port);
	return true;
fail:
	free_port(port);
	return false;
}

/* The one mode that has no listener of its own; *text is its text. */
static bool
shared_mode(const struct options *o, const char **text, bool *own,
    struct err *err)
{
	*text = NULL;
	for (size_t i = 0; i < option_list_count(o, OPTION_MODE); i++) {
		const char *t = option_list_at(o, OPTION_MODE, i);
		struct mode m;
		bool has_own;

		if (!mode_parse(&m, str_from(t), err))
			return false;
		has_own = m.listen != NULL;
		mode_fini(&m);
		*own |= has_own;
		if (has_own)
			continue;
		if (*text)
			return err_set(err, "two modes for one listener: "
			    "write %s@PORT", t);
		*text = t;
	}
	return true;
}

bool
proxy_check_modes(const struct options *o, struct err *err)
{
	const char *text;
	bool own = false;

	for (size_t i = 0; i < option_list_count(o, OPTION_TLS_PORTS); i++) {
		struct str list = str_from(option_list_at(o,
		    OPTION_TLS_PORTS, i));

		if (!addr_ports_check(list, err))
			return err_wrap(err, "-o tls_ports");
	}
	return shared_mode(o, &text, &own, err);
}

bool
proxy_listen(struct proxy *p, struct err *err)
{
	const struct options *o = p->setup.options;
	const char *shared;
	bool own = false;

	if (!shared_mode(o, &shared, &own, err))
		return false;
	/* Only listeners of modes' own: 8080 was not asked for. */
	if (!shared && !(own && !option_is_set(o, OPTION_LISTEN)))
		shared = "regular";
	for (size_t i = 0; shared && i < option_list_count(o, OPTION_LISTEN);
	    i++) {
		if (!open_port(p, option_list_at(o, OPTION_LISTEN, i), shared,
		    err))
			return false;
	}
	for (size_t i = 0; i < option_list_count(o, OPTION_MODE); i++) {
		const char *t = option_list_at(o, OPTION_MODE, i);

		if (t != shared && !open_port(p, NULL, t, err))
			return false;
	}
	return true;
}

bool
proxy_listen_on(struct proxy *p, int fd, const char *mode, struct err *err)
{
	struct port *port = new_port(p);

	if (mode_parse(&port->mode, str_from(mode), err)) {
		port->mode.apart = true;
		port->listener = listener_adopt(p->setup.loop, fd, &port_ops,
		    port, err);
		fd = -1;
	}
	if (port->listener) {
		add_port(port);
		return true;
	}
	if (fd >= 0)
		close(fd);
	free_port(port);
	return false;
}

void
ports_close(struct proxy *p)
{
	struct port *port, *tmp;

	list_for_each_safe(port, tmp, &p->ports, struct port, link)
		free_port(port);
}

void
ports_pause(struct proxy *p, bool paused)
{
	struct port *port;

	list_for_each(port, &p->ports, struct port, link)
		listener_pause(port->listener, paused);
}

const struct mode *
ports_upstream(const struct proxy *p)
{
	struct port *port;

	list_for_each(port, &p->ports, struct port, link) {
		if (port->mode.kind == MODE_UPSTREAM)
			return &port->mode;
	}
	return NULL;
}

size_t
proxy_listeners(const struct proxy *p)
{
	struct port *port;
	size_t n = 0;

	list_for_each(port, &p->ports, struct port, link)
		n += !port->mode.apart;
	return n;
}

const char *
proxy_address(const struct proxy *p, size_t i)
{
	struct port *port;

	list_for_each(port, &p->ports, struct port, link) {
		if (!port->mode.apart && i-- == 0)
			return port->address;
	}
	return "";
}

bool
proxy_is_exposed(const struct proxy *p)
{
	struct port *port;

	list_for_each(port, &p->ports, struct port, link) {
		if (!port->mode.apart &&
		    !addr_is_loopback(listener_addr(port->listener)))
			return true;
	}
	return false;
}

/* As others write it: instead of all addresses, one. */
static bool
outward_address(const struct addr *listens, struct addr *a)
{
	*a = *listens;
	if (!addr_is_any(listens))
		return !addr_is_loopback(listens);
	if (!addr_outward(listens->ss.ss_family, a))
		return false;
	addr_set_port(a, addr_port(listens));
	return true;
}

bool
proxy_put_page(const struct proxy *p, struct buf *out)
{
	struct port *port;

	list_for_each(port, &p->ports, struct port, link) {
		char text[ADDR_TEXT_MAX];
		struct addr a;

		if (port->mode.apart || (port->mode.kind != MODE_REGULAR &&
		    port->mode.kind != MODE_UPSTREAM) ||
		    !outward_address(listener_addr(port->listener), &a))
			continue;
		addr_format(&a, text);
		buf_printf(out, "http://%s/", text);
		return true;
	}
	return false;
}
