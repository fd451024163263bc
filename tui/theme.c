/* SPDX-License-Identifier: MIT */
/*
 * The theme: see theme.h.  In: a name, or none.  Out: the session's theme, and the terminal's.  Writes no file.
 */
#include "theme.h"

#include "term.h"

static void take(struct app *app, enum theme theme)
{
	if (app->term && !term_theme(app->term, theme)) {
		app->session->options.theme = THEME_MONO;
		app_message(app, STYLE_WARNING, "this terminal has no colours: it stays mono");
		return;
	}
	app->session->options.theme = theme;
	app_message(app, STYLE_PLAIN, "theme %s until you leave; `theme %s` in keys.conf keeps it", theme_name(theme),
		    theme_name(theme));
}

bool theme_choose(struct app *app, const char *name)
{
	enum theme theme;

	if (!theme_named(name, &theme)) {
		app_message(app, STYLE_WARNING, "there is no theme `%s`: " THEME_NAMES, name);
		return false;
	}
	take(app, theme);
	return true;
}

void theme_next(struct app *app)
{
	take(app, (enum theme)((app->session->options.theme + 1) % THEME_COUNT));
}
