/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "core/guid.h"
#include "core/port.h"
#include "manager/node.h"
#include "manager/peer.h"
#include "manager/registrant-signal.h"

/* About what D-Bus adds to the names in a signal. */
#define SIGNAL_BYTES 256

/* What a signal could be filled with, and it. */
static int send(const struct pnpn_registrant *registrant, sd_bus_message *signal, int r,
		size_t bytes)
{
	struct pnpn_peer *peer = registrant->peer;

	if (r >= 0)
		r = pnpn_peer_try_send(peer, signal, SIGNAL_BYTES + bytes, 0);
	if (r < 0)
		pnpn_peer_doom(peer);
	sd_bus_message_unref(signal);
	return r;
}

int pnpn_signal_interface(const struct pnpn_registrant *registrant, const struct pnpn_node *node,
			  const struct pnpn_tree_interface *interface, bool enabled,
			  uint64_t position)
{
	char class[PNPN_GUID_STRING];
	sd_bus_message *signal = NULL;

	pnpn_guid_to_string(&interface->class, class);
	int r = pnpn_peer_new_signal(registrant->peer, "InterfaceChanged", &signal);
	if (r >= 0)
		r = sd_bus_message_append(
			signal, "uttsssbs", registrant->number, pnpn_node_ring_number(node),
			position, node->entry.id, interface->name, class, (int)enabled,
			pnpn_guid_equal(&node->assigned_class, &interface->class) ? node->assigned
										  : "");
	return send(registrant, signal, r, strlen(node->entry.id) + strlen(interface->name));
}

int pnpn_signal_device(const struct pnpn_registrant *registrant, const struct pnpn_node *node,
		       bool arrived)
{
	sd_bus_message *signal = NULL;
	int r = pnpn_peer_new_signal(registrant->peer, "DeviceChanged", &signal);

	if (r >= 0)
		r = sd_bus_message_append(
			signal, "uttsb", registrant->number, pnpn_node_ring_number(node),
			pnpn_node_ring_position(node), node->entry.id, (int)arrived);
	return send(registrant, signal, r, strlen(node->entry.id));
}

void pnpn_signal_detached(const struct pnpn_registrant *registrant, const struct pnpn_node *node,
			  bool removed)
{
	sd_bus_message *signal = NULL;
	int r = pnpn_peer_new_signal(registrant->peer, "Detached", &signal);

	if (r >= 0)
		r = sd_bus_message_append(
			signal, "uttsb", registrant->number, pnpn_node_ring_number(node),
			pnpn_node_ring_position(node), node->entry.id, (int)removed);
	(void)send(registrant, signal, r, strlen(node->entry.id));
}

void pnpn_signal_missed(const struct pnpn_registrant *registrant, const struct pnpn_node *node)
{
	sd_bus_message *signal = NULL;
	int r = pnpn_peer_new_signal(registrant->peer, "Missed", &signal);

	if (r >= 0)
		r = sd_bus_message_append(signal, "uts", registrant->number, node->entry.number,
					  node->entry.id);
	(void)send(registrant, signal, r, strlen(node->entry.id));
}

int pnpn_signal_event(const struct pnpn_registrant *registrant, const struct pnpn_node *node,
		      const struct pnpn_guid *guid, const void *data, size_t size,
		      int32_t name_offset, uint64_t lost)
{
	char guid_text[PNPN_GUID_STRING];
	sd_bus_message *signal = NULL;

	pnpn_guid_to_string(guid, guid_text);
	int r = pnpn_peer_new_signal(registrant->peer, "Event", &signal);
	if (r >= 0)
		r = sd_bus_message_append(signal, "ussttti", registrant->number, node->entry.id,
					  guid_text, node->sequence, pnpn_port_now(), lost,
					  name_offset);
	if (r >= 0)
		r = sd_bus_message_append_array(signal, 'y', data, size);
	return send(registrant, signal, r, strlen(node->entry.id) + size);
}
