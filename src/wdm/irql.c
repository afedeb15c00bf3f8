/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include "wdm/irql.h"

static _Thread_local KIRQL current_irql = PASSIVE_LEVEL;

void pnpn_irql_set(KIRQL irql)
{
	current_irql = irql;
}

void pnpn_irql_restore(KIRQL irql, const char *what)
{
	if (current_irql == irql)
		return;
	fprintf(stderr, "pnpnotify host: a %s was called at IRQL %d and returned at %d\n", what,
		irql, current_irql);
	current_irql = irql;
}

KIRQL KeGetCurrentIrql(void)
{
	return current_irql;
}

void KfRaiseIrql(KIRQL new_irql, PKIRQL old_irql)
{
	*old_irql = current_irql;
	/* Windows stops the machine when this lowers; the higher level is the harmless answer. */
	if (new_irql > current_irql)
		current_irql = new_irql;
}

void KeLowerIrql(KIRQL new_irql)
{
	if (new_irql < current_irql)
		current_irql = new_irql;
}

KIRQL KeRaiseIrqlToDpcLevel(void)
{
	KIRQL old;

	KfRaiseIrql(DISPATCH_LEVEL, &old);
	return old;
}
