/* SPDX-License-Identifier: MIT */
/* Sizes and durations for people: short, with a unit, never longer than 8. */
#ifndef SLUICE_BASE_HUMAN_H
#define SLUICE_BASE_HUMAN_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/base/str.h"

#define HUMAN_MAX 24

/* Base 1000: "0", "204", "70.1k", "184k", "1.2M". */
void human_size(uint64_t bytes, char out[HUMAN_MAX]);
/* "7ms", "909ms", "8.2s", "41s", "3m20s", "2h05m". */
void human_duration(int64_t microseconds, char out[HUMAN_MAX]);
/* "512", "64k", "1.5M", "2MiB", "4G"; k M G are 1000, Ki Mi Gi (B) 1024. */
bool human_parse_size(struct str text, uint64_t *bytes) NODISCARD;
/* "500ms", "10", "10s", "2m"; seconds without a unit. */
bool human_parse_duration(struct str text, int64_t *microseconds) NODISCARD;

#endif
