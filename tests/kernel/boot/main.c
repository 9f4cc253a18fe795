/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs the tests one after the other and ends the machine. */
#include "test.h"

_Noreturn void main(void);

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{"captbl", test_captbl},   {"mem", test_mem},
	{"pgtbl", test_pgtbl},	   {"delegate", test_delegate},
	{"super", test_super},	   {"comp", test_comp},
	{"sinv", test_sinv},	   {"stop", test_stop},
	{"depth", test_depth},	   {"gate", test_gate},
	{"pager", test_pager},	   {"handler", test_handler},
	{"self", test_self},	   {"hw", test_hw},
	{"log", test_log},	   {"switch", test_switch},
	{"timer", test_timer},	   {"events", test_events},
	{"fpu", test_fpu},	   {"tcap", test_tcap},
	{"cores", test_cores},	   {"interrupts", test_interrupts},
	{"send", test_send},	   {"move", test_move},
	{"restart", test_restart}, {"revoke", test_revoke},
	{"remap", test_remap},	   {"revoke-all", test_revoke_all},
	{"quiesce", test_quiesce}, {"destroy", test_destroy},
	{"attacks", test_attacks}, {"privilege", test_privilege},
	{"random", test_random},
};

_Noreturn void main(void)
{
	unsigned failures = 0;
	uint64_t start;

	setup();
	cores_setup();
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		test_failures = 0;
		start = tsc();
		tests[i].run();
		print("%s %s (%lu ms)\n", test_failures ? "FAIL" : "PASS", tests[i].name,
		      (tsc() - start) / (TSC_HZ / 1000));
		failures += test_failures != 0;
	}
	print("END %lu failed\n", (uint64_t)failures);
	OP(COS_BOOT_HW, COS_HW_HALT, failures ? 1 : 0);
	__builtin_trap();
}
