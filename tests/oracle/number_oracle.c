/* SPDX-License-Identifier: MIT */
/*
 * What number.c makes of each line of standard input, "COUNTRY TEXT": for tests/oracle/number.py.
 * Prints "E.164 country kind words", or "refused: why".
 */
#include <stdio.h>
#include <string.h>

#include "nevermiss/number.h"

static void answer(const char *country, const char *text)
{
	static const char *const kinds[] = { "ordinary", "premium", "toll-free" };
	char plain[NM_NUMBER_TEXT], words[NM_NUMBER_TEXT];
	struct nm_error err;
	nm_number number;

	if (nm_number_read(text, country, &number, &err)) {
		printf("refused: %s\n", err.text);
		return;
	}
	nm_number_write(number, plain);
	nm_number_words(number, words);
	printf("%s %s %s %s\n", plain, nm_number_country(number), kinds[nm_number_kind(number)], words);
}

int main(void)
{
	char line[256], *text;

	while (fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = '\0';
		text = strchr(line, ' ');
		if (!text)
			return 2;
		*text++ = '\0';
		answer(line, text);
	}
	return fflush(stdout) ? 2 : 0;
}
