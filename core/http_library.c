/* SPDX-License-Identifier: MIT */
/* See http_library.h. */
#include "core/http_library.h"

#include "core/library.h"

enum nm_code nm_curl_load(struct nm_curl *api, struct nm_error *err)
{
	const struct nm_library library = { "libcurl.so.4", "libcurl4", "the network needs" };
	const struct nm_symbol symbols[] = {
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

	return nm_library_load(&library, symbols, sizeof symbols / sizeof symbols[0], err);
}
