/* SPDX-License-Identifier: MIT */
/* OpenSSL's memory comes from where the program's does. */
#ifndef SLUICE_TLS_MEMORY_H
#define SLUICE_TLS_MEMORY_H

/*
 * Called once, before anything else of this floor: from then on running out
 * of memory within OpenSSL ends the program as it does elsewhere.
 */
void tls_memory_init(void);

#endif
