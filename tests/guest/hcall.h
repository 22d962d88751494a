/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypervisor calls: numbers and return codes of PAPR that the guest uses. */
#ifndef GUEST_HCALL_H
#define GUEST_HCALL_H

#include "types.h"

#define H_SUCCESS 0
#define H_HARDWARE (-1)
#define H_FUNCTION (-2)
#define H_PARAMETER (-4)
#define H_P2 (-55)
#define H_P3 (-56)
#define H_P4 (-57)
#define H_P5 (-58)
#define H_MULTI_THREADS_ACTIVE (-9005)

#define H_PUT_TCE 0x20
#define H_PUT_TERM_CHAR 0x58
#define H_EOI 0x64
#define H_CPPR 0x68
#define H_IPI 0x6c
#define H_IPOLL 0x70
#define H_XIRR 0x74
#define H_CEDE 0xe0
#define H_PROD 0x1d4
#define H_SET_MODE 0x31c
#define H_REGISTER_PROC_TBL 0x37c
#define H_SIGNAL_SYS_RESET 0x380
#define H_INT_GET_SOURCE_INFO 0x3a8
#define H_INT_SET_SOURCE_CONFIG 0x3ac
#define H_INT_GET_SOURCE_CONFIG 0x3b0
#define H_INT_GET_QUEUE_INFO 0x3b4
#define H_INT_SET_QUEUE_CONFIG 0x3b8
#define H_INT_GET_QUEUE_CONFIG 0x3bc
#define H_INT_SET_OS_REPORTING_LINE 0x3c0
#define H_INT_GET_OS_REPORTING_LINE 0x3c4
#define H_INT_ESB 0x3c8
#define H_INT_SYNC 0x3cc
#define H_INT_RESET 0x3d0
#define H_WATCHDOG 0x45c
/* QEMU's own, for its firmware. */
#define H_CAS 0xf002

/* @in: r4-r12, @out: the same registers afterwards. Returns r3. */
long hcall_raw(u64 nr, const u64 in[9], u64 out[9]);

/* hcall(nr, args...): up to nine arguments, results dropped. */
#define hcall(nr, ...) \
    hcall_raw(nr, (const u64[9]){ __VA_ARGS__ }, (u64[9]){ 0 })
/* hcall_out(nr, out, args...): results in out[0] (r4), out[1] (r5)... */
#define hcall_out(nr, out, ...) \
    hcall_raw(nr, (const u64[9]){ __VA_ARGS__ }, out)

const char *hcall_code_name(long rc);

#endif
