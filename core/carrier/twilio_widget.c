/* SPDX-License-Identifier: MIT */
/*
 * A flow's JSON: members, widgets and their exits.  Comes in: what a widget is to say.  Goes out: the text of the
 * flow in the making, members sorted.
 */
#include <string.h>

#include "core/carrier/twilio_flow.h"

void nm_flow_member(struct nm_flow *f, const char *key, const char *value)
{
	nm_json_key(&f->json, key);
	nm_json_text(&f->json, value);
}

void nm_flow_int(struct nm_flow *f, const char *key, int64_t value)
{
	nm_json_key(&f->json, key);
	nm_json_int(&f->json, value);
}

void nm_flow_bool(struct nm_flow *f, const char *key, bool value)
{
	nm_json_key(&f->json, key);
	nm_json_bool(&f->json, value);
}

void nm_flow_check_plain(struct nm_flow *f, const char *text)
{
	if (strstr(text, "{{") != NULL || strstr(text, "{%") != NULL)
		nm_flow_fail(f, nm_fail(f->err, NM_INPUT,
					"\"%.60s\" has {{ or {%% in it, which Twilio takes for a template: "
					"write it otherwise",
					text));
}

void nm_flow_spoken(struct nm_flow *f, const char *key, const char *text)
{
	nm_flow_check_plain(f, text);
	nm_flow_member(f, key, text);
}

void nm_flow_offset(struct nm_flow *f)
{
	nm_json_key(&f->json, "offset");
	nm_json_object(&f->json);
	nm_flow_int(f, "x", 0);
	nm_flow_int(f, "y", (int64_t)f->n_states * 220);
	nm_json_end(&f->json, '}');
}

void nm_flow_state(struct nm_flow *f, const char *name)
{
	nm_json_object(&f->json);
	nm_flow_member(f, "name", name);
	nm_json_key(&f->json, "properties");
	nm_json_object(&f->json);
}

void nm_flow_exits(struct nm_flow *f)
{
	nm_json_end(&f->json, '}');
	nm_json_key(&f->json, "transitions");
	nm_json_array(&f->json);
}

void nm_flow_state_end(struct nm_flow *f, const char *type)
{
	nm_json_end(&f->json, ']');
	nm_flow_member(f, "type", type);
	nm_json_end(&f->json, '}');
	nm_buf_add(&f->text, "\n");
	f->n_states++;
}

void nm_flow_exit(struct nm_flow *f, const char *event, const char *next)
{
	nm_json_object(&f->json);
	nm_flow_member(f, "event", event);
	if (next != NULL)
		nm_flow_member(f, "next", next);
	nm_json_end(&f->json, '}');
}

void nm_flow_match(struct nm_flow *f, const char *input, const char *type, const char *value,
		   const char *label, const char *next)
{
	nm_json_object(&f->json);
	nm_json_key(&f->json, "conditions");
	nm_json_array(&f->json);
	nm_json_object(&f->json);
	nm_json_key(&f->json, "arguments");
	nm_json_array(&f->json);
	nm_json_text(&f->json, input);
	nm_json_end(&f->json, ']');
	nm_flow_member(f, "friendly_name", label);
	nm_flow_member(f, "type", type);
	nm_flow_member(f, "value", value);
	nm_json_end(&f->json, '}');
	nm_json_end(&f->json, ']');
	nm_flow_member(f, "event", "match");
	if (next != NULL)
		nm_flow_member(f, "next", next);
	nm_json_end(&f->json, '}');
}

void nm_flow_split(struct nm_flow *f, const char *name, const char *input)
{
	nm_flow_state(f, name);
	nm_flow_member(f, "input", input);
	nm_flow_offset(f);
	nm_flow_exits(f);
}

static void write_trigger(struct nm_flow *f, const char *first)
{
	static const char *const others[] = { "incomingConversationMessage", "incomingMessage",
					      "incomingParent", "incomingRequest" };

	nm_flow_state(f, "Trigger");
	nm_flow_offset(f);
	nm_flow_exits(f);
	nm_flow_exit(f, "incomingCall", first);
	for (size_t i = 0; i < 4; i++)
		nm_flow_exit(f, others[i], NULL);
	nm_flow_state_end(f, "trigger");
}

void nm_flow_begin(struct nm_flow *f, const char *description, const char *first)
{
	nm_json_object(&f->json);
	nm_flow_member(f, "description", description);
	nm_json_key(&f->json, "flags");
	nm_json_object(&f->json);
	nm_flow_bool(f, "allow_concurrent_calls", true);
	nm_json_end(&f->json, '}');
	nm_flow_member(f, "initial_state", "Trigger");
	nm_json_key(&f->json, "states");
	nm_json_array(&f->json);
	write_trigger(f, first);
}

void nm_flow_end(struct nm_flow *f)
{
	nm_json_end(&f->json, ']');
	nm_json_end(&f->json, '}');
}
