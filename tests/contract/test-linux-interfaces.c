/* SPDX-License-Identifier: MIT */
/*
 * Network interfaces as programs make, join, move and rename them: each thing is told once, in its order, and
 * nothing of an interface that it is not about. With udev, without, and with a slow one: L1, L2, L4.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "linux-told.h"

static void make_pair(struct linux_fixture *f)
{
	linux_command(f, "ip link add pnpa type veth peer name pnpb");
	linux_told(f, "NET\\PNPA", "+network", NULL);
	linux_told(f, "NET\\PNPB", "+network", NULL);
}

static void bring_pair_up(struct linux_fixture *f)
{
	linux_command(f, "ip link set pnpa up && ip link set pnpb up");
	linux_told(f, "NET\\PNPA", "link-up", NULL);
	linux_told(f, "NET\\PNPB", "link-up", NULL);
}

static void remove_pair(struct linux_fixture *f)
{
	linux_command(f, "ip link del pnpa");
	linux_told(f, "NET\\PNPA", "?link-down", "-network", NULL);
	linux_told(f, "NET\\PNPB", "?link-down", "-network", NULL);
}

/* A bridge is up with its first port and down without; its ports are what they were. */
static void l2_a_bridge_and_its_port(void **state)
{
	struct linux_fixture *f = *state;

	make_pair(f);
	bring_pair_up(f);
	linux_command(f, "ip link add pnpc type bridge forward_delay 0");
	linux_told(f, "NET\\PNPC", "+network", NULL);
	linux_command(f, "ip link set pnpc up && ip link set pnpa master pnpc");
	linux_told(f, "NET\\PNPC", "link-up", NULL);
	linux_told_no_more(f);
	linux_command(f, "ip link set pnpa nomaster");
	linux_told(f, "NET\\PNPC", "link-down", NULL);
	linux_told_no_more(f);
	linux_command(f, "ip link del pnpc");
	linux_told(f, "NET\\PNPC", "-network", NULL);
	remove_pair(f);
	linux_told_no_more(f);
}

/* An interface upon another: down and gone with it. */
static void test_upper(struct linux_fixture *f, const char *type)
{
	make_pair(f);
	bring_pair_up(f);
	char command[128];
	snprintf(command, sizeof(command), "ip link add link pnpa name pnpc type %s 2>/dev/null",
		 type);
	if (linux_run(command, NULL, 0) != 0) {
		remove_pair(f);
		skip();
	}
	linux_told(f, "NET\\PNPC", "+network", NULL);
	linux_command(f, "ip link set pnpc up");
	linux_told(f, "NET\\PNPC", "link-up", NULL);
	linux_command(f, "ip link set pnpb down");
	for (int i = 0; i < 3; i++)
		linux_told(f, &"NET\\PNPA\0NET\\PNPB\0NET\\PNPC"[i * sizeof("NET\\PNPA")],
			   "link-down", NULL);
	linux_told_no_more(f);
	linux_command(f, "ip link del pnpa");
	for (int i = 0; i < 3; i++)
		linux_told(f, &"NET\\PNPA\0NET\\PNPB\0NET\\PNPC"[i * sizeof("NET\\PNPA")],
			   "-network", NULL);
	linux_told_no_more(f);
}

static void l2_a_vlan(void **state)
{
	test_upper(*state, "vlan id 7");
}

static void l2_a_macvlan(void **state)
{
	test_upper(*state, "macvlan");
}

/* One that is up as soon as it is said to be. */
static void test_alone(struct linux_fixture *f, const char *type)
{
	char command[128];

	snprintf(command, sizeof(command), "ip link add pnpd %s 2>/dev/null", type);
	if (linux_run(command, NULL, 0) != 0)
		skip();
	linux_told(f, "NET\\PNPD", "+network", NULL);
	for (int i = 0; i < 2; i++) {
		linux_command(f, "ip link set pnpd up");
		linux_told(f, "NET\\PNPD", "link-up", NULL);
		linux_command(f, "ip link set pnpd down");
		linux_told(f, "NET\\PNPD", "link-down", NULL);
	}
	linux_command(f, "ip link del pnpd");
	linux_told(f, "NET\\PNPD", "-network", NULL);
	linux_told_no_more(f);
}

static void l2_a_dummy(void **state)
{
	test_alone(*state, "type dummy");
}

static void l2_a_wireguard(void **state)
{
	test_alone(*state, "type wireguard");
}

static void l2_a_vxlan(void **state)
{
	test_alone(*state, "type vxlan id 7 dstport 4789");
}

/* --- another network namespace ------------------------------------------------------------------------ */

#define ELSEWHERE "pnpelsewhere"

static void make_elsewhere(struct linux_fixture *f)
{
	linux_command(f, "ip netns add " ELSEWHERE);
}

static void remove_elsewhere(struct linux_fixture *f)
{
	linux_command(f, "ip netns del " ELSEWHERE);
}

/* It leaves and comes, as often as it is moved; its peer stays and goes down and up. */
static void l4_moved_to_another_network_and_back(void **state)
{
	struct linux_fixture *f = *state;

	make_elsewhere(f);
	make_pair(f);
	for (int i = 0; i < 2; i++) {
		bring_pair_up(f);
		linux_command(f, "ip link set pnpa netns " ELSEWHERE);
		linux_told(f, "NET\\PNPB", "link-down", NULL);
		linux_told(f, "NET\\PNPA", "?link-down", "-network", NULL);
		linux_command(f, "ip -n " ELSEWHERE " link set pnpa up");
		linux_told(f, "NET\\PNPB", "link-up", NULL);
		linux_told_no_more(f);
		linux_command(f, "ip -n " ELSEWHERE " link set pnpa netns 1");
		linux_told(f, "NET\\PNPB", "link-down", NULL);
		linux_told(f, "NET\\PNPA", "+network", NULL);
		linux_told_no_more(f);
		linux_command(f, "ip link set pnpb down");
	}
	remove_pair(f);
	remove_elsewhere(f);
	linux_told_no_more(f);
}

/* Both at once, and another one takes its name and its number meanwhile. */
static void l4_moved_and_renamed_at_once(void **state)
{
	struct linux_fixture *f = *state;

	make_elsewhere(f);
	make_pair(f);
	linux_command(f, "ip link set pnpa netns " ELSEWHERE " name pnpe");
	linux_told(f, "NET\\PNPA", "-network", NULL);
	linux_command(f, "ip link add pnpa index $(ip -n " ELSEWHERE
			 " -o link show pnpe | cut -d: -f1) type bridge");
	linux_told(f, "NET\\PNPA", "+network", NULL);
	linux_command(f, "ip -n " ELSEWHERE " link set pnpe netns 1");
	linux_told(f, "NET\\PNPE", "+network", NULL);
	linux_told_no_more(f);
	linux_command(f, "ip link del pnpa && ip link del pnpe");
	linux_told(f, "NET\\PNPA", "-network", NULL);
	linux_told(f, "NET\\PNPB", "-network", NULL);
	linux_told(f, "NET\\PNPE", "-network", NULL);
	remove_elsewhere(f);
	linux_told_no_more(f);
}

/* What ends with a namespace goes here too. */
static void l1_a_network_ends(void **state)
{
	struct linux_fixture *f = *state;

	make_elsewhere(f);
	make_pair(f);
	linux_command(f, "ip link set pnpa netns " ELSEWHERE);
	linux_told(f, "NET\\PNPA", "-network", NULL);
	remove_elsewhere(f);
	linux_told(f, "NET\\PNPB", "-network", NULL);
	linux_told_no_more(f);
}

/* --- names ---------------------------------------------------------------------------------------- */

/* Two exchange their names by way of a third. */
static void l4_names_are_exchanged(void **state)
{
	struct linux_fixture *f = *state;

	make_pair(f);
	linux_command(f, "ip link set pnpa name pnpx && ip link set pnpb name pnpa && "
			 "ip link set pnpx name pnpb");
	linux_told(f, "NET\\PNPA", "-network", "+network", NULL);
	linux_told(f, "NET\\PNPB", "-network", "+network", NULL);
	linux_told(f, "NET\\PNPX", "?+network", "?-network", NULL);
	linux_told_no_more(f);
	remove_pair(f);
}

/* Other names make no event, and no other device. */
static void l4_other_names(void **state)
{
	struct linux_fixture *f = *state;

	make_pair(f);
	linux_command(f, "ip link property add dev pnpa altname pnpother altname pnpanother");
	linux_command(f, "ip link property del dev pnpa altname pnpother");
	linux_told_no_more(f);
	bring_pair_up(f);
	remove_pair(f);
	linux_told_no_more(f);
}

/* Of the same name, again and again: each comes once and goes once. */
static void l1_made_and_deleted_again(void **state)
{
	struct linux_fixture *f = *state;

	for (int i = 0; i < 4; i++) {
		make_pair(f);
		linux_command(f, "ip link del pnpa && ip link add pnpa type veth peer name pnpb && "
				 "ip link set pnpa up && ip link set pnpb up");
		linux_told(f, "NET\\PNPA", "-network", "+network", "link-up", NULL);
		linux_told(f, "NET\\PNPB", "-network", "+network", "link-up", NULL);
		remove_pair(f);
	}
	linux_told_no_more(f);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, linux_told_setup, linux_told_teardown)

static int run_all(void)
{
	const struct CMUnitTest tests[] = {
		TEST(l2_a_bridge_and_its_port),
		TEST(l2_a_vlan),
		TEST(l2_a_macvlan),
		TEST(l2_a_dummy),
		TEST(l2_a_wireguard),
		TEST(l2_a_vxlan),
		TEST(l4_moved_to_another_network_and_back),
		TEST(l4_moved_and_renamed_at_once),
		TEST(l1_a_network_ends),
		TEST(l4_names_are_exchanged),
		TEST(l4_other_names),
		TEST(l1_made_and_deleted_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
	return linux_told_main(argc, argv, run_all);
}
