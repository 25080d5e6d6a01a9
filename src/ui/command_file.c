/* SPDX-License-Identifier: MIT */
/* Commands that bring something out of the program into a file. */
#include "command.h"

#include <stdio.h>
#include <time.h>

#include "console.h"
#include "sluice/base/mem.h"

void
command_save_har(struct ui *ui, struct str args)
{
	char name[64];
	time_t now = time(NULL);
	struct tm tm;
	char *path;

	if (args.n > 0) {
		path = str_dup(args);
		saver_start(&ui->saver, path);
		free(path);
		return;
	}
	localtime_r(&now, &tm);
	if (strftime(name, sizeof(name), "~/sluice-%Y%m%d-%H%M%S.har", &tm) ==
	    0)
		name[0] = '\0';
	prompt_open(ui, PROMPT_SAVE, str_from(name));
}
