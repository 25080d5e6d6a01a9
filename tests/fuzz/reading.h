/* SPDX-License-Identifier: MIT */
/*
 * What a codec makes of a stream of bytes, for the targets that read HTTP/1,
 * and what any stream must hold to: it is read the same whole and in pieces,
 * and what is forwarded of it is read as one message by every reader.
 */
#ifndef SLUICE_TESTS_FUZZ_READING_H
#define SLUICE_TESTS_FUZZ_READING_H

#include "fuzz.h"
#include "sluice/http/codec.h"

/*
 * Reads in as a peer of that role would have sent it and asserts all of it.
 * method: of the request that a response answers.  first: bytes in the first
 * piece when it is read in two.
 */
void reading_check(enum codec_role role, const char *method, struct str in,
    size_t first);

#endif
