/* SPDX-License-Identifier: MIT */
/*
 * See meanwhile.h.  In: input, while a command works.  Out: screens, and whether the command is to stop.
 */
#include "meanwhile.h"

#include <stdio.h>

#include "app.h"
#include "prompt.h"
#include "term.h"

void meanwhile_begin(struct app *app, const char *work)
{
	app->meanwhile = (struct meanwhile){0};
	snprintf(app->meanwhile.work, sizeof app->meanwhile.work, "%s", work);
}

void meanwhile_end(struct app *app)
{
	if (app->meanwhile.asked) /* it has the keys as long as it stands: it is the topmost */
		app_pop(app);
	app->meanwhile = (struct meanwhile){0};
}

bool meanwhile_refuses(struct app *app)
{
	if (!app->meanwhile.acting)
		return false;
	app_message(app, STYLE_WARNING, "until %s ends keys only look: nothing is changed", app->meanwhile.work);
	return true;
}

bool meanwhile_puts_off(struct app *app, enum action action)
{
	return app->meanwhile.acting && !context_modal(app_context(app)) && !keymap_looks(action) && meanwhile_refuses(app);
}

bool meanwhile_answer(struct app *app, const struct event *event)
{
	if (event->tag != TAG_STOP)
		return false;
	app->meanwhile.asked = false;
	app->meanwhile.stop = event->text != NULL;
	return true;
}

/* A key that could mean to close what is open. */
static void ask_stop(struct app *app)
{
	const size_t depth = app->depth;
	char question[MEANWHILE_WORK + 64];

	snprintf(question, sizeof question, "stop %s?  What is open here is closed with q", app->meanwhile.work);
	app->meanwhile.asked = true;
	app_confirm(app, TAG_STOP, question, NULL);
	app->meanwhile.asked = app->depth > depth;
}

static void take_key(struct app *app, uint32_t key)
{
	const bool escape = key == K_ESCAPE || key == K_CONTROL + 'c';

	if (!escape || app->meanwhile.asked)
		app_key(app, key);
	else if (app->depth)
		ask_stop(app);
	else
		app->meanwhile.stop = true;
}

static void take(struct app *app, const struct input *input)
{
	switch (input->kind) {
	case INPUT_KEY:
		take_key(app, input->key);
		break;
	case INPUT_CLICK:
		app_click(app, input->x, input->y);
		break;
	case INPUT_WHEEL_UP:
	case INPUT_WHEEL_DOWN:
		app_wheel(app, input->kind == INPUT_WHEEL_UP);
		break;
	case INPUT_RESIZE:
		app_resize(app, term_width(app->term), term_height(app->term));
		break;
	case INPUT_NONE:
	case INPUT_END:
		break;
	}
}

static bool begin(struct app *app)
{
	if (!app->running || session_beside_begin(app->session, NULL))
		return false;
	app->meanwhile.acting = true;
	return true;
}

static void end(struct app *app)
{
	app->meanwhile.acting = false;
	session_beside_end(app->session);
}

bool meanwhile_take(struct app *app, const struct input *input)
{
	if (!begin(app))
		return false;
	app->message[0] = '\0';
	take(app, input);
	app->meanwhile.quiet_left = true;
	end(app);
	return true;
}

bool meanwhile_idle(struct app *app)
{
	const struct layer *tab = &app->tabs[app->tab];

	if (!app->meanwhile.quiet_left || !begin(app))
		return false;
	app->meanwhile.quiet_left = app_plan(app) && tab->ops->idle_beside && tab->ops->idle(tab->state, app);
	app_derive(app);
	end(app);
	return app->meanwhile.quiet_left;
}
