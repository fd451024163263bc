/* SPDX-License-Identifier: MIT */
/*
 * QR codes.  Comes in: text.  Goes out: modules, and these as characters.  The only file that knows
 * libqrencode, which is loaded here: next to nobody needs it.
 */
#include "qr.h"

#include <dlfcn.h>
#include <qrencode.h>
#include <stdlib.h>
#include <string.h>

#define LIBRARY "libqrencode.so.4"

struct api {
	QRcode *(*encode)(int, const unsigned char *, int, QRecLevel);
	void (*release)(QRcode *);
};

static enum nm_code load_api(struct api *api, struct nm_error *err)
{
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

	if (library) {
		*(void **)&api->encode = dlsym(library, "QRcode_encodeData");
		*(void **)&api->release = dlsym(library, "QRcode_free");
		if (api->encode && api->release)
			return NM_OK;
	}
	return nm_fail(err, NM_SYSTEM, "no QR codes here: %s cannot be loaded", LIBRARY);
}

enum nm_code qr_make(const char *text, struct qr *out, struct nm_error *err)
{
	const size_t len = strlen(text);
	struct api api = { 0 };
	QRcode *code;
	enum nm_code result;

	if (len == 0 || len > QR_TEXT)
		return nm_fail(err, NM_INPUT, "a QR code holds 1 to %d bytes here", QR_TEXT);
	result = load_api(&api, err);
	if (result)
		return result;
	code = api.encode((int)len, (const unsigned char *)text, 0, QR_ECLEVEL_M);
	if (!code)
		return nm_fail_memory(err);
	*out = (struct qr){ code->width, malloc((size_t)code->width * (size_t)code->width) };
	for (int i = 0; out->dark && i < code->width * code->width; i++)
		out->dark[i] = code->data[i] & 1;
	api.release(code);
	return out->dark ? NM_OK : nm_fail_memory(err);
}

void qr_clear(struct qr *qr)
{
	free(qr->dark);
	*qr = (struct qr){ 0 };
}

bool qr_dark(const struct qr *qr, int x, int y)
{
	return x >= 0 && y >= 0 && x < qr->side && y < qr->side && qr->dark[y * qr->side + x];
}

void qr_print(const struct qr *qr, bool ascii, struct nm_buf *out)
{
	static const char *const halves[] = { "█", "▀", "▄", " " }; /* +1: dark below, +2: dark above */
	const int end = qr->side + QR_QUIET;

	for (int y = -QR_QUIET; y < end; y += ascii ? 1 : 2) {
		for (int x = -QR_QUIET; x < end; x++) {
			if (ascii)
				nm_buf_add(out, qr_dark(qr, x, y) ? "  " : "##");
			else
				nm_buf_add(out, halves[2 * qr_dark(qr, x, y) +
						       (y + 1 >= end || qr_dark(qr, x, y + 1))]);
		}
		nm_buf_add(out, "\n");
	}
}
