/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include "wdm/irql.h"
#include "wdm/verifier.h"

static _Thread_local KIRQL current_irql = PASSIVE_LEVEL;

void pnpn_irql_set(KIRQL irql)
{
	current_irql = irql;
}

bool pnpn_irql_is_at_most(KIRQL most, const char *call)
{
	if (current_irql <= most)
		return true;
	pnpn_verifier_broken(call, "called at IRQL %d; %d is the highest allowed", current_irql,
			     most);
	return false;
}

void pnpn_irql_restore(KIRQL irql, const char *what)
{
	if (current_irql == irql)
		return;
	pnpn_verifier_broken(what, "was called at IRQL %d and returned at %d", irql, current_irql);
	fprintf(stderr, "pnpnotify host: a %s was called at IRQL %d and returned at %d\n", what,
		irql, current_irql);
	current_irql = irql;
}

KIRQL KeGetCurrentIrql(void)
{
	return current_irql;
}

KIRQL KfRaiseIrql(KIRQL new_irql)
{
	KIRQL old = current_irql;

	if (new_irql < current_irql)
		pnpn_verifier_broken("KeRaiseIrql", "lowers the IRQL from %d to %d", current_irql,
				     new_irql);
	/* Windows stops the machine when this lowers; the higher level is the harmless answer. */
	if (new_irql > current_irql)
		current_irql = new_irql;
	return old;
}

void KeLowerIrql(KIRQL new_irql)
{
	if (new_irql > current_irql)
		pnpn_verifier_broken("KeLowerIrql", "raises the IRQL from %d to %d", current_irql,
				     new_irql);
	if (new_irql < current_irql)
		current_irql = new_irql;
}

KIRQL KeRaiseIrqlToDpcLevel(void)
{
	return KfRaiseIrql(DISPATCH_LEVEL);
}
