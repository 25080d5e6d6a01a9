/* SPDX-License-Identifier: MIT */
/* One at a time: keys wait, so that no second one can be asked for. */
#include "errand.h"

#include "console.h"
#include "sluice/base/clock.h"

#define SLICE		2500		/* µs */

static bool
work(struct ui *ui, int64_t until)
{
	struct errand *e = ui->errand;

	if (!e->work(ui, e, until))
		return false;
	ui->errand = NULL;
	e->end(ui, e, true);
	ui_dirty(ui);
	/* Its end may have begun another one. */
	return ui->errand == NULL;
}

void
errand_run(struct ui *ui, struct errand *e)
{
	errand_finish(ui);
	ui->errand = e;
	if (work(ui, clock_mono() + SLICE) || ui->errand != e)
		return;
	if (ui->input != NULL)
		input_pause(ui->input);
	ui_work(ui);
}

static void
resume(struct ui *ui)
{
	if (ui->input != NULL)
		input_resume(ui->input);
}

bool
errand_work(struct ui *ui)
{
	if (ui->errand == NULL)
		return false;
	if (work(ui, clock_mono() + SLICE))
		resume(ui);
	return true;
}

void
errand_finish(struct ui *ui)
{
	if (ui->errand == NULL)
		return;
	while (!work(ui, INT64_MAX))
		continue;
	resume(ui);
}

void
errand_abandon(struct ui *ui)
{
	struct errand *e = ui->errand;

	ui->errand = NULL;
	if (e != NULL)
		e->end(ui, e, false);
}
