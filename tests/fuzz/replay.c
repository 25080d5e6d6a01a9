/* SPDX-License-Identifier: MIT */
/*
 * Runs a fuzz target over files: those named, or else all seeds of the
 * target the program is called after.  For compilers without a fuzzing
 * engine, so that every `make check' reads every seed.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"
#include "sluice/base/path.h"

#define SEED_MAX (1u << 20)

/* From memory of just that size, so that a step too far is seen. */
static void
run_file(const char *path)
{
	struct err err = { "" };
	size_t n;
	char *text = path_read(path, SEED_MAX, &n, &err);

	if (!text) {
		fprintf(stderr, "%s: %s\n", path, err.text);
		exit(1);
	}
	uint8_t *exact = malloc(n ? n : 1);

	assert(exact);
	memcpy(exact, text, n);
	free(text);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
}

static size_t
run_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	size_t count = 0;

	if (!dir) {
		perror(folder);
		exit(1);
	}
	for (entry = readdir(dir); entry; entry = readdir(dir)) {
		char *path = path_join(folder, entry->d_name);

		if (entry->d_name[0] != '.') {
			run_file(path);
			count++;
		}
		free(path);
	}
	closedir(dir);
	return count;
}

/* ".../fuzz_head" reads the seeds in seeds/head. */
static size_t
run_seeds(const char *program)
{
	const char *top = getenv("TOP_SRCDIR"), *name = strrchr(program, '/');
	char *seeds = path_join(top ? top : ".", "tests/fuzz/seeds");
	char *folder;
	size_t count;

	name = name ? name + 1 : program;
	assert(str_starts(str_from(name), STR("fuzz_")));
	folder = path_join(seeds, name + strlen("fuzz_"));
	count = run_folder(folder);
	free(folder);
	free(seeds);
	return count;
}

int
main(int argc, char **argv)
{
	size_t count = 0;

	LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++) {
		run_file(argv[i]);
		count++;
	}
	if (argc < 2)
		count = run_seeds(argv[0]);
	printf("%zu inputs\n", count);
	return count > 0 ? 0 : 1;
}
