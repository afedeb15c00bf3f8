/* SPDX-License-Identifier: MIT */
/* A routine on a thread of its own. Behind <windows.h> and <cmocka.h>. */
#ifndef IN_THREAD_H
#define IN_THREAD_H

/* Returns what it did, once it has ended. */
static inline DWORD in_thread(LPTHREAD_START_ROUTINE routine, void *argument)
{
	DWORD code;
	HANDLE thread = CreateThread(NULL, 0, routine, argument, 0, NULL);

	assert_non_null(thread);
	assert_int_equal(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
	assert_true(GetExitCodeThread(thread, &code));
	CloseHandle(thread);
	return code;
}

#endif
