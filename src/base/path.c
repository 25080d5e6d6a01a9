/* SPDX-License-Identifier: MIT */
/* Places, private files, atomic replacement. */
#include "sluice/base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/base/buf.h"
#include "sluice/base/mem.h"

static const char *
home(void)
{
	const char *dir = getenv("HOME");
	const struct passwd *pw;

	if (dir && *dir == '/')
		return dir;
	pw = getpwuid(getuid());
	return pw && pw->pw_dir ? pw->pw_dir : "/";
}

/* An XDG variable counts only when it is absolute. */
static char *
xdg(const char *variable, const char *fallback)
{
	const char *base = getenv(variable);

	if (base && *base == '/')
		return mem_printf("%s/sluice", base);
	return mem_printf("%s/%s/sluice", home(), fallback);
}

static char *
runtime_dir(void)
{
	const char *base = getenv("XDG_RUNTIME_DIR"), *tmp = getenv("TMPDIR");

	if (base && *base == '/' && access(base, W_OK) == 0)
		return mem_printf("%s/sluice", base);
	return mem_printf("%s/sluice-%u", tmp && *tmp == '/' ? tmp : "/tmp",
	    (unsigned)getuid());
}

char *
path_place(enum path_place place, const char *confdir)
{
	if (confdir && strncmp(confdir, "~/", 2) == 0)
		return mem_printf("%s%s", home(), confdir + 1);
	if (confdir && *confdir)
		return mem_strdup(confdir);
	switch (place) {
	case PATH_CONFIG:
		return xdg("XDG_CONFIG_HOME", ".config");
	case PATH_DATA:
		return xdg("XDG_DATA_HOME", ".local/share");
	case PATH_STATE:
		return xdg("XDG_STATE_HOME", ".local/state");
	case PATH_RUNTIME:
		break;
	}
	return runtime_dir();
}

char *
path_join(const char *dir, const char *name)
{
	size_t n = strlen(dir);

	return mem_printf("%s%s%s", dir, n && dir[n - 1] == '/' ? "" : "/",
	    name);
}

static bool
make_one(const char *dir, struct err *err)
{
	struct stat st;

	if (mkdir(dir, 0700) == 0)
		return true;
	if (errno == EEXIST && stat(dir, &st) == 0 && S_ISDIR(st.st_mode))
		return true;
	return err_set(err, "cannot make the directory %s: %s", dir,
	    strerror(errno == EEXIST ? ENOTDIR : errno));
}

bool
path_make_dir(const char *dir, struct err *err)
{
	char *copy = mem_strdup(dir);
	bool ok = true;

	for (char *p = copy + 1; ok && *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		ok = make_one(copy, err);
		*p = '/';
	}
	ok = ok && make_one(copy, err);
	free(copy);
	return ok;
}

static bool
write_all(int fd, struct str bytes)
{
	while (bytes.n > 0) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes = str_skip(bytes, (size_t)n);
	}
	return true;
}

static bool
replace(const char *path, struct str bytes, int mode, bool durable,
    struct err *err)
{
	char *temporary = mem_printf("%s.XXXXXX", path);
	int fd = mkostemp(temporary, O_CLOEXEC);
	bool ok = fd >= 0;

	ok = ok && fchmod(fd, (mode_t)mode) == 0 && write_all(fd, bytes) &&
	    (!durable || fsync(fd) == 0);
	if (fd >= 0 && close(fd) != 0)
		ok = false;
	ok = ok && rename(temporary, path) == 0;
	if (!ok) {
		err_set(err, "cannot write %s: %s", path, strerror(errno));
		if (fd >= 0)
			unlink(temporary);
	}
	free(temporary);
	return ok;
}

bool
path_write_atomic(const char *path, struct str bytes, int mode,
    struct err *err)
{
	return replace(path, bytes, mode, false, err);
}

bool
path_write_durable(const char *path, struct str bytes, int mode,
    struct err *err)
{
	return replace(path, bytes, mode, true, err);
}

char *
path_read(const char *path, size_t max, size_t *len, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct buf in;
	ssize_t n = 0;

	if (fd < 0) {
		err_set(err, "cannot read %s: %s", path, strerror(errno));
		return NULL;
	}
	buf_init(&in, max + 1);
	for (;;) {
		size_t step = buf_room(&in) < 65536 ? buf_room(&in) : 65536;

		if (step == 0)
			break;
		n = read(fd, buf_reserve(&in, step), step);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		buf_commit(&in, (size_t)n);
	}
	if (n < 0)
		err_set(err, "cannot read %s: %s", path, strerror(errno));
	else if (buf_len(&in) > max)
		err_set(err, "%s is larger than %zu bytes", path, max);
	close(fd);
	if (n < 0 || buf_len(&in) > max) {
		buf_fini(&in);
		return NULL;
	}
	*len = buf_len(&in);
	return buf_take(&in);
}

int
path_unlinked(struct err *err)
{
	const char *tmp = getenv("TMPDIR");
	/* Large things: where the system has disk rather than memory. */
	const char *dir = tmp && *tmp == '/' ? tmp : "/var/tmp";
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0) {
		/* A file system without O_TMPFILE. */
		char *name = path_join(dir, "sluice-XXXXXX");

		fd = mkostemp(name, O_CLOEXEC);
		if (fd >= 0)
			unlink(name);
		free(name);
	}
	if (fd < 0)
		err_set(err, "cannot make a temporary file in %s: %s", dir,
		    strerror(errno));
	return fd;
}

char *
path_short(const char *path)
{
	const char *dir = home();
	size_t n = strlen(dir);

	if (n > 1 && strncmp(path, dir, n) == 0 && path[n] == '/')
		return mem_printf("~%s", path + n);
	return mem_strdup(path);
}
