/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "core/notification.h"
#include "introspection.h"
#include "manager/facts.h"
#include "manager/family.h"
#include "manager/handle.h"
#include "manager/interface.h"
#include "manager/node.h"
#include "manager/peer.h"
#include "manager/process.h"
#include "manager/query.h"
#include "manager/registration.h"
#include "manager/removal.h"
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

	/* What it asked for last is about to be undone. */
	if (r >= 0 && (*ret_peer)->doomed)
		return -ENOTCONN;
	if (r >= 0)
		pnpn_server_catch_up((*ret_peer)->server);
	return r;
}

/* The caller's device of that number, though it may have gone by surprise, and wait for its last handle. */
static int find_owned(sd_bus_message *m, void *userdata, struct pnpn_node **ret_node)
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

/* ... and those about a device go on with the caller's device of that number. */
static int find_own(sd_bus_message *m, void *userdata, struct pnpn_node **ret_node)
{
	struct pnpn_node *node;
	int r = find_owned(m, userdata, &node);

	if (r >= 0 && !node->entry.tree)
		r = -ENODEV;
	if (r >= 0)
		*ret_node = node;
	return r;
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

/* Whoever is not told that it was done is told nothing more: with its end all of it is undone. */
static int done(sd_bus_message *m, void *userdata)
{
	struct pnpn_peer *peer;
	int r = sd_bus_reply_method_return(m, NULL);

	if (r < 0 && find_peer(m, userdata, &peer) >= 0)
		pnpn_peer_doom(peer);
	return r;
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
		r = pnpn_process_node_new(&node, peer, instance_id);
	if (r < 0)
		return r;
	r = reply(peer, m, 4, "thhhh", node->entry.number, node->ring.memory.fd, node->wake_fd,
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
	return r < 0 ? r : done(m, userdata);
}

static int method_start_device(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_node *node;
	int r = find_own(m, userdata, &node);

	if (r >= 0)
		r = pnpn_node_start(node);
	return r < 0 ? r : done(m, userdata);
}

static int method_remove_device(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_node *node;
	int r = find_owned(m, userdata, &node);

	if (r < 0)
		return r;
	pnpn_node_remove(node);
	return done(m, userdata);
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
	return r < 0 ? r : done(m, userdata);
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
	return r < 0 ? r : done(m, userdata);
}

static int method_add_interface(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_node *node;
	struct pnpn_tree_interface *interface;
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
	r = sd_bus_reply_method_return(m, "sb", interface->name, r);
	if (r < 0)
		pnpn_peer_doom(node->owner);
	return r;
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
	return r < 0 ? r : done(m, userdata);
}

static int method_add_property(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_node *node;
	const char *key, *value;
	int r = find_own(m, userdata, &node);

	if (r >= 0)
		r = sd_bus_message_read(m, "ss", &key, &value);
	if (r >= 0)
		r = pnpn_node_add_property(node, key, value);
	return r < 0 ? r : done(m, userdata);
}

static int method_open(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_peer *peer;
	struct pnpn_open *open;
	const char *name;
	int r = find_peer(m, userdata, &peer);

	if (r >= 0)
		r = sd_bus_message_read(m, "s", &name);
	if (r >= 0)
		r = pnpn_open_new(peer, name, &open, NULL);
	if (r < 0)
		return r;
	r = reply(peer, m, 0, "ts", open->number, open->node->entry.id);
	if (r < 0)
		pnpn_open_free(open);
	return r;
}

static int reply_opened(const struct pnpn_open *open, sd_bus_message *m, int fd)
{
	if (fd < 0)
		return reply(open->peer, m, 0, "tsah", open->number, open->node->entry.id, 0);
	return reply(open->peer, m, 1, "tsah", open->number, open->node->entry.id, 1, fd);
}

static int method_open_file(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_peer *peer;
	struct pnpn_open *open;
	const char *name, *rest;
	int fd = -1;
	int r = find_peer(m, userdata, &peer);

	if (r >= 0)
		r = sd_bus_message_read(m, "s", &name);
	if (r >= 0)
		r = pnpn_open_new(peer, name, &open, &rest);
	if (r < 0)
		return r;
	r = pnpn_open_pass(open, rest, &fd);
	if (r >= 0)
		r = reply_opened(open, m, fd);
	if (fd >= 0)
		close(fd);
	if (r < 0)
		pnpn_open_free(open);
	return r;
}

static int method_serve_device(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_node *node;
	int r = find_own(m, userdata, &node);

	if (r < 0)
		return r;
	node->serves = true;
	return done(m, userdata);
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
	return done(m, userdata);
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
	return done(m, userdata);
}

static int method_report(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_peer *peer;
	int r = find_peer(m, userdata, &peer);

	return r < 0 ? r : pnpn_report_by_hand_handle(peer, m);
}

static int method_remove(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_peer *peer;
	int r = find_peer(m, userdata, &peer);

	return r < 0 ? r : pnpn_removal_handle(peer, m);
}

static int method_answer(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_peer *peer;
	uint64_t query;
	int agrees;
	const char *who;
	int r = find_peer(m, userdata, &peer);

	if (r >= 0)
		r = sd_bus_message_read(m, "tbs", &query, &agrees, &who);
	if (r >= 0)
		r = pnpn_query_answer(peer, query, agrees, who);
	return r < 0 ? r : done(m, userdata);
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

static int method_get_properties(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_peer *peer;
	const char *device;
	int r = find_peer(m, userdata, &peer);

	if (r >= 0)
		r = sd_bus_message_read(m, "s", &device);
	return r < 0 ? r : pnpn_facts_answer(peer, m, device);
}

static int method_next_child(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_peer *peer;
	const char *parent, *after;
	int r = find_peer(m, userdata, &peer);

	if (r >= 0)
		r = sd_bus_message_read(m, "ss", &parent, &after);
	return r < 0 ? r : pnpn_family_answer(peer, m, parent, after);
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

/* --- what a call is ------------------------------------------------------------------------------- */

#define PROPERTIES     "org.freedesktop.DBus.Properties"
#define INTROSPECTABLE "org.freedesktop.DBus.Introspectable"

static int check_interface(sd_bus_message *m, sd_bus_error *ret_error)
{
	const char *interface;
	int r = sd_bus_message_read(m, "s", &interface);

	if (r < 0 || !*interface || strcmp(interface, PNPN_BUS_INTERFACE) == 0)
		return r;
	return sd_bus_error_setf(ret_error, SD_BUS_ERROR_UNKNOWN_INTERFACE, "No interface '%s'.",
				 interface);
}

static int method_get(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	const char *property;
	int r = check_interface(m, ret_error);

	if (r >= 0)
		r = sd_bus_message_read(m, "s", &property);
	if (r < 0)
		return r;
	if (strcmp(property, "Version") != 0)
		return sd_bus_error_setf(ret_error, SD_BUS_ERROR_UNKNOWN_PROPERTY,
					 "No property '%s'.", property);
	return sd_bus_reply_method_return(m, "v", "u", PNPN_INTERFACE_VERSION);
}

static int method_get_all(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	int r = check_interface(m, ret_error);

	return r < 0 ? r
		     : sd_bus_reply_method_return(m, "a{sv}", 1, "Version", "u",
						  PNPN_INTERFACE_VERSION);
}

static int method_introspect(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	return sd_bus_reply_method_return(m, "s", introspection);
}

static const struct method {
	const char *interface, *name, *types;
	sd_bus_message_handler_t handle;
} methods[] = {
	{PNPN_BUS_INTERFACE, "CreateDevice", "s", method_create_device},
	{PNPN_BUS_INTERFACE, "SetAccess", "tuuu", method_set_access},
	{PNPN_BUS_INTERFACE, "StartDevice", "t", method_start_device},
	{PNPN_BUS_INTERFACE, "ServeDevice", "t", method_serve_device},
	{PNPN_BUS_INTERFACE, "RemoveDevice", "t", method_remove_device},
	{PNPN_BUS_INTERFACE, "AddLink", "ts", method_add_link},
	{PNPN_BUS_INTERFACE, "RemoveLink", "ts", method_remove_link},
	{PNPN_BUS_INTERFACE, "AddInterface", "tss", method_add_interface},
	{PNPN_BUS_INTERFACE, "EnableInterface", "tsb", method_enable_interface},
	{PNPN_BUS_INTERFACE, "AddProperty", "tss", method_add_property},
	{PNPN_BUS_INTERFACE, "Open", "s", method_open},
	{PNPN_BUS_INTERFACE, "OpenFile", "s", method_open_file},
	{PNPN_BUS_INTERFACE, "Close", "t", method_close},
	{PNPN_BUS_INTERFACE, "Register", "ussu", method_register},
	{PNPN_BUS_INTERFACE, "Unregister", "u", method_unregister},
	{PNPN_BUS_INTERFACE, "Report", "ssiay", method_report},
	{PNPN_BUS_INTERFACE, "Remove", "su", method_remove},
	{PNPN_BUS_INTERFACE, "Answer", "tbs", method_answer},
	{PNPN_BUS_INTERFACE, "ListDevices", "t", method_list_devices},
	{PNPN_BUS_INTERFACE, "GetProperties", "s", method_get_properties},
	{PNPN_BUS_INTERFACE, "NextChild", "ss", method_next_child},
	{PNPN_BUS_INTERFACE, "GetStatus", "tu", method_get_status},
	{PNPN_BUS_INTERFACE, "GetUsage", "t", method_get_usage},
	{PROPERTIES, "Get", "ss", method_get},
	{PROPERTIES, "GetAll", "s", method_get_all},
	{INTROSPECTABLE, "Introspect", "", method_introspect},
};

static const struct method *find_method(sd_bus_message *m)
{
	const char *interface = sd_bus_message_get_interface(m);
	const char *name = sd_bus_message_get_member(m);

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if ((!interface || strcmp(interface, methods[i].interface) == 0) &&
		    strcmp(name, methods[i].name) == 0)
			return &methods[i];
	return NULL;
}

static bool is_call(sd_bus_message *m)
{
	uint8_t type;

	return sd_bus_message_get_type(m, &type) >= 0 && type == SD_BUS_MESSAGE_METHOD_CALL;
}

static bool is_ours(sd_bus_message *m)
{
	const char *path = sd_bus_message_get_path(m);

	return is_call(m) && path && strcmp(path, PNPN_BUS_PATH) == 0;
}

/* sd-bus answers pings. That all else is refused would be lost if it had no memory to say so. */
static int refuse_unknown(sd_bus_message *m, sd_bus_error *ret_error)
{
	const char *interface = sd_bus_message_get_interface(m);

	if (!is_call(m) || (interface && strcmp(interface, "org.freedesktop.DBus.Peer") == 0))
		return 0;
	return sd_bus_error_setf(ret_error, SD_BUS_ERROR_UNKNOWN_METHOD, "No method '%s' at '%s'.",
				 sd_bus_message_get_member(m), sd_bus_message_get_path(m));
}

/* No vtable of sd-bus's: without the memory for it libsystemd ends the process. */
int pnpn_interface_handle(struct pnpn_service *service, sd_bus_message *m, sd_bus_error *ret_error)
{
	const struct method *method = is_ours(m) ? find_method(m) : NULL;

	if (!method)
		return refuse_unknown(m, ret_error);
	if (!sd_bus_message_has_signature(m, method->types))
		return sd_bus_error_setf(ret_error, SD_BUS_ERROR_INVALID_ARGS,
					 "%s wants arguments of types '%s'.", method->name,
					 method->types);
	int r = method->handle(m, service, ret_error);
	/* More than 0: sd-bus has no answer of its own to add. */
	return r < 0 ? r : 1;
}
