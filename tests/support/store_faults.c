/* SPDX-License-Identifier: MIT */
/* See store_faults.h. */
#include "store_faults.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

void disk_room(int64_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes < 0 ? limit.rlim_max : (rlim_t)bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

struct sqlite3 *store_hold(const char *file)
{
	sqlite3 *holder;

	assert_int_equal(sqlite3_open_v2(file, &holder, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(holder, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
	return holder;
}

void store_let_go(struct sqlite3 *holder)
{
	assert_int_equal(sqlite3_exec(holder, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(holder), SQLITE_OK);
}

/* Of the process: SQLite asks for no context when it waits. */
static int64_t *waiting_ms;

static int wait_on_clock(sqlite3_vfs *vfs, int us)
{
	(void)vfs;
	*waiting_ms += us / 1000;
	return us;
}

void store_waits_on(int64_t *now_ms)
{
	static sqlite3_vfs vfs;

	waiting_ms = now_ms;
	if (vfs.zName != NULL)
		return;
	vfs = *sqlite3_vfs_find(NULL);
	vfs.zName = "waits-on-a-clock";
	vfs.pNext = NULL;
	vfs.xSleep = wait_on_clock;
	assert_int_equal(sqlite3_vfs_register(&vfs, 1), SQLITE_OK);
}

static uint64_t written;

static ssize_t count_write(int fd, const void *bytes, size_t n)
{
	written += n;
	return write(fd, bytes, n);
}

static ssize_t count_pwrite(int fd, const void *bytes, size_t n, off_t at)
{
	written += n;
	return pwrite(fd, bytes, n, at);
}

uint64_t store_written(void)
{
	static bool counts;
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

	if (!counts) {
		assert_int_equal(vfs->xSetSystemCall(vfs, "write", (sqlite3_syscall_ptr)count_write), SQLITE_OK);
		assert_int_equal(vfs->xSetSystemCall(vfs, sizeof(off_t) == 8 && vfs->xGetSystemCall(vfs, "pwrite64") != NULL ? "pwrite64" : "pwrite",
						     (sqlite3_syscall_ptr)count_pwrite), SQLITE_OK);
		counts = true;
	}
	return written;
}
