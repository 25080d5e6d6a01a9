/* SPDX-License-Identifier: MIT */
/*
 * What the fuzz targets share.  A target is a file fuzz_NAME.c with the one
 * function below; clang links it with its fuzzing engine (make fuzz), any
 * other compiler with replay.c, which runs seeds/NAME (make check).  What
 * must hold for any input is asserted.
 */
#ifndef SLUICE_TESTS_FUZZ_H
#define SLUICE_TESTS_FUZZ_H

#include <assert.h>

#include "sluice/base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* safe.c: called once before the first input. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
/* No control bytes, no bidi controls, valid UTF-8. */
bool safe_for_terminal(struct str s);

/* The first byte, which chooses among variants; 0 when there is none. */
static inline unsigned
fuzz_choice(struct str *in)
{
	unsigned choice = in->n > 0 ? (unsigned char)in->p[0] : 0;

	*in = str_skip(*in, 1);
	return choice;
}

#endif
