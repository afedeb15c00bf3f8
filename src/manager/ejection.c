/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>

#include "manager/ejection.h"
#include "manager/ejector.h"

/* That it is gone the source tells, and that ends the removal: others may look at it until then. */
static void on_told(void *userdata, int error)
{
	struct pnpn_ejection *ejection = userdata;
	void (*begun)(struct pnpn_ejection *, int) = ejection->begun;

	ejection->error = error;
	ejection->begun = NULL;
	if (begun)
		begun(ejection, error);
	else if (error < 0 || !ejection->is_leaving)
		pnpn_removal_answer(&ejection->voter, error >= 0);
	else
		ejection->has_gone = true;
}

int pnpn_ejection_new(struct pnpn_ejection **ret_ejection, sd_event *event,
		      const struct pnpn_identity *who, const struct pnpn_ejectable *what,
		      void (*begun)(struct pnpn_ejection *ejection, int error))
{
	struct pnpn_ejection *ejection = calloc(1, sizeof(*ejection));

	if (!ejection)
		return -ENOMEM;
	pnpn_list_init(&ejection->voter.link);
	ejection->begun = begun;
	int r = pnpn_ejector_new(&ejection->ejector, event, who, what, on_told, ejection);
	if (r < 0)
		free(ejection);
	else
		*ret_ejection = ejection;
	return r;
}

void pnpn_ejection_tell(struct pnpn_ejection *ejection, enum pnpn_removal_news news)
{
	if (news != PNPN_REMOVAL_QUERY && news != PNPN_REMOVAL_REMOVE)
		return;
	ejection->is_leaving = news == PNPN_REMOVAL_REMOVE;
	pnpn_ejector_go_on(ejection->ejector);
}

void pnpn_ejection_time_out(struct pnpn_ejection *ejection)
{
	bool has_gone = ejection->has_gone;

	if (!has_gone) {
		ejection->ejector = pnpn_ejector_free(ejection->ejector);
		ejection->error = -ETIMEDOUT;
	}
	pnpn_removal_answer(&ejection->voter, has_gone);
}

struct pnpn_ejection *pnpn_ejection_free(struct pnpn_ejection *ejection)
{
	if (!ejection)
		return NULL;
	pnpn_ejector_free(ejection->ejector);
	free(ejection);
	return NULL;
}
