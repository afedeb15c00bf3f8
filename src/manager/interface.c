/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdarg.h>

#include "core/notification.h"
#include "manager/handle.h"
#include "manager/interface.h"
#include "manager/node.h"
#include "manager/peer.h"
#include "manager/registration.h"
#include "manager/report.h"
#include "manager/server.h"
#include "manager/survey.h"

/* An answer with a name in it, about. */
#define ANSWER_BYTES 512

/* Every method begins with who calls; an errno returned is the answer. */
static int find_peer(sd_bus_message *m, void *userdata, struct pnpn_peer **ret_peer)
{
	struct pnpn_service *service = userdata;
	int r = service->find_peer(m, service->userdata, ret_peer);

	if (r >= 0)
		pnpn_server_catch_up((*ret_peer)->server);
	return r;
}

/* ... and those about a device go on with the caller's device of that number. */
static int find_own(sd_bus_message *m, void *userdata, struct pnpn_node **ret_node)
{
	struct pnpn_peer *peer;
	uint64_t number;
	int r = find_peer(m, userdata, &peer);

	if (r >= 0)
		r = sd_bus_message_read(m, "t", &number);
	if (r < 0)
		return r;
	struct pnpn_node *node = pnpn_node_find_number(peer, number);
	if (!node)
		return -ENODEV;
	*ret_node = node;
	return 0;
}

/* An answer of some size, or with descriptors. Returns as a method; an errno: it was not sent. */
static int reply(struct pnpn_peer *peer, sd_bus_message *call, unsigned int n_fds,
		 const char *types, ...)
{
	sd_bus_message *answer = NULL;
	va_list arguments;
	int r = sd_bus_message_new_method_return(call, &answer);

	va_start(arguments, types);
	if (r >= 0 && *types)
		r = sd_bus_message_appendv(answer, types, arguments);
	va_end(arguments);
	if (r >= 0)
		r = pnpn_peer_try_send(peer, answer, ANSWER_BYTES, n_fds);
	sd_bus_message_unref(answer);
	return r < 0 ? r : 1;
}

static int method_create_device(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_peer *peer;
	struct pnpn_node *node;
	const char *instance_id;
	int r = find_peer(m, userdata, &peer);

	if (r >= 0)
		r = sd_bus_message_read(m, "s", &instance_id);
	if (r >= 0)
		r = pnpn_node_new(&node, peer->server, peer, instance_id);
	if (r < 0)
		return r;
	r = reply(peer, m, 4, "thhhh", node->number, node->ring.memory.fd, node->wake_fd,
		  node->helper_fd, node->handled_fds[0]);
	/* Who does not get the descriptors has no device, and the id stays free. */
	if (r < 0)
		pnpn_node_free(node);
	return r;
}

static int method_set_access(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_node *node;
	uint32_t mode, uid, gid;
	int r = find_own(m, userdata, &node);

	if (r >= 0)
		r = sd_bus_message_read(m, "uuu", &mode, &uid, &gid);
	if (r >= 0)
		r = pnpn_node_set_access(node, &(struct pnpn_access){mode, uid, gid});
	return r < 0 ? r : sd_bus_reply_method_return(m, NULL);
}

static int method_start_device(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_node *node;
	int r = find_own(m, userdata, &node);

	if (r >= 0)
		r = pnpn_node_start(node);
	return r < 0 ? r : sd_bus_reply_method_return(m, NULL);
}

static int method_remove_device(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_node *node;
	int r = find_own(m, userdata, &node);

	if (r < 0)
		return r;
	pnpn_node_remove(node);
	return sd_bus_reply_method_return(m, NULL);
}

static int method_add_link(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_node *node;
	const char *link;
	int r = find_own(m, userdata, &node);

	if (r >= 0)
		r = sd_bus_message_read(m, "s", &link);
	if (r >= 0)
		r = pnpn_node_add_link(node, link);
	return r < 0 ? r : sd_bus_reply_method_return(m, NULL);
}

static int method_remove_link(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_node *node;
	const char *link;
	int r = find_own(m, userdata, &node);

	if (r >= 0)
		r = sd_bus_message_read(m, "s", &link);
	if (r >= 0)
		r = pnpn_node_remove_link(node, link);
	return r < 0 ? r : sd_bus_reply_method_return(m, NULL);
}

static int method_add_interface(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_node *node;
	struct pnpn_node_interface *interface;
	struct pnpn_guid class;
	const char *class_text, *reference;
	int r = find_own(m, userdata, &node);

	if (r >= 0)
		r = sd_bus_message_read(m, "ss", &class_text, &reference);
	if (r >= 0)
		r = pnpn_guid_from_string(class_text, &class);
	if (r >= 0)
		r = pnpn_node_add_interface(node, &class, reference, &interface);
	if (r < 0)
		return r;
	return sd_bus_reply_method_return(m, "sb", interface->name, r);
}

static int method_enable_interface(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_node *node;
	const char *name;
	int enable;
	int r = find_own(m, userdata, &node);

	if (r >= 0)
		r = sd_bus_message_read(m, "sb", &name, &enable);
	if (r >= 0)
		r = pnpn_node_enable_interface(node, name, enable);
	return r < 0 ? r : sd_bus_reply_method_return(m, NULL);
}

static int method_open(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_peer *peer;
	struct pnpn_open *open;
	const char *name, *instance_id;
	int r = find_peer(m, userdata, &peer);

	if (r >= 0)
		r = sd_bus_message_read(m, "s", &name);
	if (r >= 0)
		r = pnpn_open_new(peer, name, &open, &instance_id);
	if (r < 0)
		return r;
	r = reply(peer, m, 0, "ts", open->number, instance_id);
	if (r < 0)
		pnpn_open_free(open);
	return r;
}

static int method_close(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_peer *peer;
	uint64_t number;
	int r = find_peer(m, userdata, &peer);

	if (r >= 0)
		r = sd_bus_message_read(m, "t", &number);
	if (r < 0)
		return r;
	struct pnpn_open *open = pnpn_open_get(peer, number);
	if (!open)
		return -EBADF;
	pnpn_open_free(open);
	return sd_bus_reply_method_return(m, NULL);
}

static int method_register(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_peer *peer;
	uint32_t number, flags;
	const char *scope, *what;
	int r = find_peer(m, userdata, &peer);

	if (r >= 0)
		r = sd_bus_message_read(m, "ussu", &number, &scope, &what, &flags);
	if (r >= 0)
		r = pnpn_registration_new(peer, number, scope, what, flags);
	if (r < 0)
		return r;
	r = reply(peer, m, 0, "");
	if (r < 0)
		pnpn_registration_free(pnpn_registration_get(peer, number));
	return r;
}

static int method_unregister(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_peer *peer;
	uint32_t number;
	int r = find_peer(m, userdata, &peer);

	if (r >= 0)
		r = sd_bus_message_read(m, "u", &number);
	if (r < 0)
		return r;
	struct pnpn_registration_record *registration = pnpn_registration_get(peer, number);
	if (!registration)
		return -ENOENT;
	pnpn_registration_free(registration);
	return sd_bus_reply_method_return(m, NULL);
}

static int method_report(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_peer *peer;
	int r = find_peer(m, userdata, &peer);

	return r < 0 ? r : pnpn_report_by_hand_handle(peer, m);
}

static int method_list_devices(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_peer *peer;
	uint64_t after;
	int r = find_peer(m, userdata, &peer);

	if (r >= 0)
		r = sd_bus_message_read(m, "t", &after);
	return r < 0 ? r : pnpn_survey_devices(peer, m, after);
}

static int method_get_usage(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_peer *peer;
	uint64_t from;
	int r = find_peer(m, userdata, &peer);

	if (r >= 0)
		r = sd_bus_message_read(m, "t", &from);
	return r < 0 ? r : pnpn_survey_usage(peer, m, from);
}

static int method_get_status(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_peer *peer;
	uint64_t device;
	uint32_t row;
	int r = find_peer(m, userdata, &peer);

	if (r >= 0)
		r = sd_bus_message_read(m, "tu", &device, &row);
	return r < 0 ? r : pnpn_survey_status(peer, m, device, row);
}

static int get_version(sd_bus *bus, const char *path, const char *interface, const char *property,
		       sd_bus_message *reply, void *userdata, sd_bus_error *ret_error)
{
	return sd_bus_message_append(reply, "u", PNPN_INTERFACE_VERSION);
}

#define METHOD(name, in, out, handler) \
	SD_BUS_METHOD(name, in, out, handler, SD_BUS_VTABLE_UNPRIVILEGED)

static const sd_bus_vtable vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("Version", "u", get_version, 0, SD_BUS_VTABLE_PROPERTY_CONST),
	METHOD("CreateDevice", "s", "thhhh", method_create_device),
	METHOD("SetAccess", "tuuu", NULL, method_set_access),
	METHOD("StartDevice", "t", NULL, method_start_device),
	METHOD("RemoveDevice", "t", NULL, method_remove_device),
	METHOD("AddLink", "ts", NULL, method_add_link),
	METHOD("RemoveLink", "ts", NULL, method_remove_link),
	METHOD("AddInterface", "tss", "sb", method_add_interface),
	METHOD("EnableInterface", "tsb", NULL, method_enable_interface),
	METHOD("Open", "s", "ts", method_open),
	METHOD("Close", "t", NULL, method_close),
	METHOD("Register", "ussu", NULL, method_register),
	METHOD("Unregister", "u", NULL, method_unregister),
	METHOD("Report", "ssiay", NULL, method_report),
	METHOD("ListDevices", "t", "a(sssbuuuasa(ssb))t", method_list_devices),
	METHOD("GetStatus", "tu", "a(suuttt)tu", method_get_status),
	METHOD("GetUsage", "t", "a(ustt)t", method_get_usage),
	SD_BUS_SIGNAL("Attached", "utsbhhhh", 0),
	SD_BUS_SIGNAL("Detached", "uttsb", 0),
	SD_BUS_SIGNAL("Missed", "uts", 0),
	SD_BUS_SIGNAL("Event", "usstttiay", 0),
	SD_BUS_SIGNAL("InterfaceChanged", "uttsssb", 0),
	SD_BUS_SIGNAL("DeviceChanged", "uttsb", 0),
	SD_BUS_VTABLE_END,
};

int pnpn_interface_serve(sd_bus *bus, struct pnpn_service *service)
{
	return sd_bus_add_object_vtable(bus, NULL, PNPN_BUS_PATH, PNPN_BUS_INTERFACE, vtable,
					service);
}
