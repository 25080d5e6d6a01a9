/* SPDX-License-Identifier: MIT */
/* Server certificates in the shapes that are met with. */
#ifndef SLUICE_TESTS_TLS_SAMPLES_H
#define SLUICE_TESTS_TLS_SAMPLES_H

#define SAMPLES 3

extern const char *const sample_pem[SAMPLES];

#endif
