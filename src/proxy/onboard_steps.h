/* SPDX-License-Identifier: MIT */
/* How to trust the CA on each platform, as plain text. */
#ifndef SLUICE_SRC_PROXY_ONBOARD_STEPS_H
#define SLUICE_SRC_PROXY_ONBOARD_STEPS_H

#include <stddef.h>

struct onboard_step {
	const char *platform;
	const char *text;	/* %PROXY% stands for the listen address */
};

extern const struct onboard_step onboard_steps[];
extern const size_t onboard_step_count;

#endif
