/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor console and TAP lines on it. */
#ifndef GUEST_CONSOLE_H
#define GUEST_CONSOLE_H

#include "types.h"

/* %s %d %u %x with optional l: what the tests need and no more. */
int format(char *buf, u64 size, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void die(const char *fmt, ...)
    __attribute__((format(printf, 1, 2), noreturn));

/* One TAP result; names of rows in brackets say which gap the test pins. */
bool ok(bool passed, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* As ok(), printing both numbers when they differ. */
bool ok_eq(u64 got, u64 want, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* As ok_eq() for the return code of a hypervisor call. */
bool ok_rc(long got, long want, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Results up to now; and a guest that goes on behind those of another. */
u32 tap_tests(void);
void tap_go_on(u32 tests);
/* Prints the plan. A run without it has died on the way. */
void tap_done(void);

#endif
