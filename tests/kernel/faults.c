/* SPDX-License-Identifier: MIT */
/* V2 for the module: a device's whole life, while each allocation of pnpnotify.ko fails in turn. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <pnpnotify/uapi.h>
#include "test-call.h"

#define PARAMETER "/sys/module/pnpnotify/parameters/fail_at"
#define ID	  "ROOT\\FAULTS\\0000"

static int read_parameter(void)
{
	int value = -1;
	FILE *file = fopen(PARAMETER, "r");

	if (!file || fscanf(file, "%d", &value) != 1)
		value = -1;
	if (file)
		fclose(file);
	return value;
}

static void write_parameter(int value)
{
	FILE *file = fopen(PARAMETER, "w");

	if (file) {
		fprintf(file, "%d", value);
		fclose(file);
	}
}

static int call(int fd, unsigned int what, const char *text)
{
	struct test_call request = {.what = what, .value = what == TEST_ENABLE};

	if (what == TEST_REPORT)
		request.name_offset = -1;

	strcpy(request.text, text);
	if (what == TEST_ADD_INTERFACE || what == TEST_REPORT)
		request.guid[0] = 1;
	if (ioctl(fd, TEST_CALL, &request) < 0)
		return -errno;
	/* The name that was given. */
	return what == TEST_ADD_INTERFACE ? call(fd, TEST_ENABLE, request.text) : 0;
}

/* Whether everything succeeded: what fails is gone on from as a driver would. */
static int live(void)
{
	int driver = open("/dev/pnpnotify-test", O_RDWR);
	int control = open("/dev/pnpnotify", O_RDONLY | O_NONBLOCK);
	struct pnpn_kernel_change change = {0};
	int failed = control < 0;

	failed |= call(driver, TEST_NEW, ID) < 0;
	failed |= call(driver, TEST_ADD_LINK, "\\\\.\\Faults") < 0;
	failed |= call(driver, TEST_ADD_INTERFACE, "") < 0;
	failed |= call(driver, TEST_START, "") < 0;
	failed |= call(driver, TEST_LISTEN, ID) < 0;
	failed |= call(driver, TEST_REPORT, "") < 0;
	if (control >= 0 && read(control, &change, sizeof(change)) == sizeof(change)) {
		struct pnpn_attach attach = {.size = sizeof(attach), .device = change.device};
		int ring = ioctl(control, PNPN_IOC_ATTACH, &attach);
		failed |= ring < 0;
		if (ring >= 0)
			close(ring);
	}
	failed |= call(driver, TEST_REPORT, "") < 0;
	if (control >= 0)
		close(control);
	close(driver);
	return !failed;
}

int main(void)
{
	int failures = 0;

	if (read_parameter() < 0) {
		puts("this pnpnotify.ko was not built to fail");
		return 1;
	}
	for (int i = 1; i < 1000; i++) {
		write_parameter(i);
		int whole = live();
		int left = read_parameter();
		write_parameter(0);
		/* Nothing may stay behind: the same life succeeds at once. */
		if (!live()) {
			printf("after allocation %d failed nothing works\n", i);
			return 1;
		}
		if (left > 0) {
			printf("%d allocations failed in turn\n", failures);
			return failures < 10 || !whole;
		}
		failures++;
	}
	return 1;
}
