/* SPDX-License-Identifier: MIT */
/* See http_library.h.  Most commands need no network, and loading this takes longer than all else that they do. */
#include "core/http_library.h"

#include <dlfcn.h>
#include <stddef.h>

#define LIBRARY "libcurl.so.4"

bool nm_curl_load(struct nm_curl *api, struct nm_error *err)
{
	/* Never unloaded: what it leaves to run at the end of the process must still be there then. */
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	const struct {
		void **function;
		const char *name;
	} functions[] = {
		{ (void **)&api->global_init, "curl_global_init" },
		{ (void **)&api->easy_init, "curl_easy_init" },
		{ (void **)&api->easy_cleanup, "curl_easy_cleanup" },
		{ (void **)&api->easy_setopt, "curl_easy_setopt" },
		{ (void **)&api->easy_getinfo, "curl_easy_getinfo" },
		{ (void **)&api->easy_strerror, "curl_easy_strerror" },
		{ (void **)&api->curl_free, "curl_free" },
		{ (void **)&api->multi_init, "curl_multi_init" },
		{ (void **)&api->multi_cleanup, "curl_multi_cleanup" },
		{ (void **)&api->multi_setopt, "curl_multi_setopt" },
		{ (void **)&api->multi_add_handle, "curl_multi_add_handle" },
		{ (void **)&api->multi_remove_handle, "curl_multi_remove_handle" },
		{ (void **)&api->multi_assign, "curl_multi_assign" },
		{ (void **)&api->multi_socket_action, "curl_multi_socket_action" },
		{ (void **)&api->multi_info_read, "curl_multi_info_read" },
		{ (void **)&api->slist_append, "curl_slist_append" },
		{ (void **)&api->slist_free_all, "curl_slist_free_all" },
		{ (void **)&api->url, "curl_url" },
		{ (void **)&api->url_cleanup, "curl_url_cleanup" },
		{ (void **)&api->url_set, "curl_url_set" },
		{ (void **)&api->url_get, "curl_url_get" },
	};

	if (library == NULL) {
		nm_fail(err, NM_SYSTEM, "the network needs " LIBRARY ", which cannot be loaded");
		return false;
	}
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		*functions[i].function = dlsym(library, functions[i].name);
		if (*functions[i].function == NULL) {
			nm_fail(err, NM_SYSTEM, LIBRARY " has no %s: it is too old", functions[i].name);
			return false;
		}
	}
	return true;
}
