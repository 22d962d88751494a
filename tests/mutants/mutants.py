# SPDX-License-Identifier: GPL-2.0-or-later
"""What is broken: (name, file, text found there, text put in its place)."""

ESB = "hw/xive/esb.c"
QUEUE = "hw/xive/queue.c"
SOURCE = "hw/xive/source.c"
TCTX = "hw/xive/tctx.c"
RINGS = "hw/xive/tctx_internal.h"
DISPATCH = "hw/xive/dispatch.c"
IMAGE = "hw/xive/tctx_image.c"
TIMA = "hw/xive/tima.c"
ROUTER = "hw/xive/router.c"
PRESENTER = "hw/xive/presenter.c"
TABLES = "hw/xive/tables.c"
END_ESB = "hw/xive/end_esb.c"
GROUP = "hw/xive/group.c"
REGS = "include/xive/regs.h"
COUNTERS = "include/xive/counters.h"
DIRECT = "target/ppc/spapr_direct.c"
BACKEND = "target/ppc/spapr_backend.h"
HCALL = "target/ppc/spapr_hcall.c"
RESTORE = "target/ppc/spapr_restore.c"
DT = "target/ppc/spapr_dt.c"
KVM = "target/ppc/spapr_kvm.c"
KVM_DEVICE = "target/ppc/spapr_kvm_device.c"
KVM_WORDS = "target/ppc/spapr_kvm_device.h"
KVM_STATE = "target/ppc/spapr_kvm_state.c"
SPAPR_IMAGE = "target/ppc/spapr_image.c"
MODEL_PORT = "hw/kvm/model_port.c"
NATIVE = "hw/kvm/native.c"

OS_RETRACT = """    if (r[P9X_TM_PIPR] >= r[P9X_TM_CPPR]) {
        return 0;
    }
    r[P9X_TM_NSR] |= P9X_NSR_EO;"""

TARGET_CHECKS = """    if (!priority_ok(h, priority)) {
        return P9X_H_P4;
    }
    if (!target_ok(h, target)) {
        return P9X_H_P3;
    }
"""

TARGET_CHECKS_TURNED = """    if (!target_ok(h, target)) {
        return P9X_H_P3;
    }
    if (!priority_ok(h, priority)) {
        return P9X_H_P4;
    }
"""

MUTANTS = [
    # Event state buffers
    ("esb: a trigger of 10 leaves 10", ESB,
     "[P9X_PQ_10] = P9X_PQ_11,", "[P9X_PQ_10] = P9X_PQ_10,"),
    ("esb: an EOI of 11 leaves 00", ESB,
     "[P9X_PQ_11] = P9X_PQ_10", "[P9X_PQ_11] = P9X_PQ_00"),
    ("esb: off counts as coalesced", ESB,
     "[P9X_PQ_01] = P9X_ESB_IS_OFF", "[P9X_PQ_01] = P9X_ESB_COALESCED"),
    ("esb: a trigger is two steps", ESB,
     "    ESB_TRANSITION(esb, old, with_pq(old, "
     "after_trigger[old & P9X_ESB_PQ]));",
     "    old = *esb;\n    *esb = with_pq(old, "
     "after_trigger[old & P9X_ESB_PQ]);"),
    ("esb: a falling level clears P", ESB,
     "byte & ~P9X_ESB_ASSERTED)", "byte & ~(P9X_ESB_ASSERTED | P9X_ESB_P))"),
    ("source: a store to 0x400 triggers", SOURCE,
     "if (op < P9X_ESB_STORE_EOI) {", "if (op <= P9X_ESB_STORE_EOI) {"),
    ("source: a sync does not wait", SOURCE,
     "p9x_source_sync(P9xSource *src)\n{\n    p9x_gate_drain(&src->gate);",
     "p9x_source_sync(P9xSource *src)\n{\n    (void)src;"),
    # Queues
    ("queue: wraps one early", QUEUE,
     "if (at == last) {", "if (at == last - 1) {"),
    ("queue: the generation stays", QUEUE, "!generation)", "generation)"),
    ("queue: 32 bits of data", QUEUE, "(data & P9X_DATA_MAX)", "data"),
    ("queue: a refused store passes", QUEUE,
     "entry)) {\n        return false;", "entry)) {\n        return true;"),
    # Threads
    ("tctx: a lower CPPR retracts nothing", RINGS, OS_RETRACT,
     OS_RETRACT.replace("return 0;",
                        "return atomic_load(&tctx->lines) & P9X_LINE_OS;")),
    ("tctx: CPPR lets its own priority through", RINGS, OS_RETRACT,
     OS_RETRACT.replace(">=", ">")),
    ("tctx: a push skips the NVT", DISPATCH,
     "backlog = p9x_nvt_take_ipb(", "backlog = 0 * p9x_nvt_take_ipb("),
    ("tctx: a push leaves the NVT's copy", TABLES,
     "        p9x_nvt_set_ipb(nvt, ipb & (uint8_t)~which);\n", ""),
    ("tctx: an ack keeps the pending bit", TCTX,
     "(uint8_t)~p9x_prio_to_ipb(r[P9X_TM_PIPR]);", "0xFF;"),
    ("tctx: an ack keeps CPPR", TCTX,
     "        r[P9X_TM_CPPR] = r[P9X_TM_PIPR];\n", ""),
    ("tctx: the pool does not count", RINGS,
     "r[P9X_TM_PIPR] = pool < phys ? pool : phys;",
     "r[P9X_TM_PIPR] = phys;"),
    ("tctx: the host program is not told of lines", RINGS,
     "    if (lines_changed) {", "    if (0 && lines_changed) {"),
    ("tctx: a pull leaves the VP in the map", DISPATCH,
     "        p9x_vpmap_remove(map, cam, tctx, ring);\n", ""),
    ("tctx: a late thread is not told of groups", DISPATCH,
     "        /* A group that found no thread may have found one now. */\n"
     "        p9x_group_serve(tctx);\n", ""),
    ("restore: CPPR is believed", IMAGE,
     "if (!cppr_possible(image, P9X_RING_OS) ||",
     "if (!cppr_possible(image, P9X_RING_PHYS) ||"),
    ("tima: the OS page pulls", TIMA,
     "[ROW(P9X_TM_PULL_OS)] = { P9X_TIMA_HV,",
     "[ROW(P9X_TM_PULL_OS)] = { P9X_TIMA_OS,"),
    ("tima: the OS page writes IPB", TIMA,
     '"2322" "2202"', '"2332" "2202"'),
    ("tima: no byte load of CPPR", TIMA,
     "    [ROW(0x011)] = { P9X_TIMA_OS, 1, ANY, op_load_os_cppr },\n", ""),
    ("tima: an acknowledge of an empty ring is no error", TIMA,
     "P9X_TIMA_OS, 2, LIVE, op_ack_os }", "P9X_TIMA_OS, 2, ANY, op_ack_os }"),
    ("tima: a byte store can't set LP", TIMA,
     "(value & VT_BYTE) << 24", "(value & VT_BYTE & ~P9X_TM_PHYS_LP) << 24"),
    ("tima: a byte store can't clear LP", TIMA,
     "(p9x_ring_word2(tctx, P9X_RING_PHYS) & 0x00FFFFFF) |",
     "(p9x_ring_word2(tctx, P9X_RING_PHYS) &\n"
     "                        ~((uint32_t)P9X_TM_PHYS_VT << 24)) |"),
    ("tima: one bit less is decoded", REGS, "0xC3F,", "0xC37,"),
    # Router
    ("presenter: a push beside a backlog is missed", PRESENTER,
     "if (p9x_vpmap_find(", "if (0 && p9x_vpmap_find("),
    ("router: a masked EAS passes", ROUTER,
     "if (w & P9X_EAS_MASKED) {", "if (0 && (w & P9X_EAS_MASKED)) {"),
    ("router: ESn is ignored", ROUTER,
     "    if (p9x_end_flag(end, P9X_END_W0_UCOND_NOTIFY) ||",
     "    if (!p9x_end_flag(end, 0) ||"),
    ("presenter: a backlog replaces the one before", TABLES,
     "    ipb |= p9x_nvt_ipb(nvt);\n", ""),
    ("presenter: an NVT that is not valid keeps events", TABLES,
     "return nvt && p9x_nvt_valid(nvt) ? nvt", "return nvt ? nvt"),
    ("router: END without lock", ROUTER,
     "    p9x_lock(lock);\n    end = r->unit",
     "    end = r->unit"),
    ("router: the longest chain is one shorter", ROUTER,
     "if (hops > P9X_MAX_ESCALATIONS)", "if (hops >= P9X_MAX_ESCALATIONS)"),
    ("router: an EOI of ESn is silent", END_ESB,
     "        p9x_end_notify_vp(r, end);\n", ""),
    ("group: a precluded thread is picked", TCTX,
     "    takes = in_group(tctx, cam, &ring) && "
     "lets_through(tctx, ring, priority);\n    if (takes) {",
     "    takes = in_group(tctx, cam, &ring);\n    if (takes) {"),
    ("group: what a thread refuses is offered without end", GROUP,
     "            (give(unit, cam, tctx) & bit)) {",
     "            ((give(unit, cam, tctx) & bit) || (at = 0))) {"),
    ("group: a CPPR raised beside an event is missed", GROUP,
     "            (give(unit, cam, tctx) & bit)) {", "            bit == 0) {"),
    ("group: what a thread takes stays in the NVT", GROUP,
     "    p9x_nvt_take_ipb(&unit->tables, cam, taken);\n", ""),
    ("group: a group without backlog stays listed", GROUP,
     "        list_group(unit->presenter, cam, false);\n", "        ;\n"),
    ("group: a thread takes what its CPPR holds back", TCTX,
     "while (left && lets_through(tctx, ring, priority)) {",
     "while (left) {"),
    ("group: a thread takes from any group", TCTX,
     "    if (in_group(tctx, cam, &ring)) {\n        uint8_t priority",
     "    if (in_group(tctx, cam, &ring) || 1) {\n        uint8_t priority"),
    ("group: a thread forgets what it did not take", TCTX,
     "        note_backlog(tctx, ring, priority);\n    }\n"
     "    p9x_unlock(&tctx->lock);\n    return ipb",
     "    }\n    p9x_unlock(&tctx->lock);\n    return ipb"),
    ("presenter: the last thread is left out", PRESENTER,
     "        *at = p->nr_threads + 1;", "        *at = p->nr_threads;"),
    ("presenter: all bits leave an NVT", TABLES,
     "p9x_nvt_set_ipb(nvt, ipb & (uint8_t)~which);",
     "p9x_nvt_set_ipb(nvt, 0);"),
    ("counters: the shared row is not atomic", COUNTERS,
     "    if (row == P9X_SHARED_ROW) {", "    if (row == P9X_ROWS) {"),
    # Locks, which builds of the core check
    ("locks: a thread's lock is taken before the NVT's", DISPATCH,
     "        p9x_lock(nvt_lock);\n",
     "        p9x_lock(&tctx->lock);\n        p9x_lock(nvt_lock);\n"
     "        p9x_unlock(&tctx->lock);\n"),
    ("locks: the list of threads is held around the NVT's", PRESENTER,
     "    p9x_lock(lock);\n    if (p9x_vpmap",
     "    p9x_lock(&unit->presenter->thread_lock);\n    p9x_lock(lock);\n"
     "    p9x_unlock(&unit->presenter->thread_lock);\n    if (p9x_vpmap"),
    ("locks: an END is held while its VP is told", ROUTER,
     "        outcome = p9x_end_notify_vp(r, &end);",
     "        p9x_lock(p9x_end_lock(r, ev->block, ev->index));\n"
     "        outcome = p9x_end_notify_vp(r, &end);\n"
     "        p9x_unlock(p9x_end_lock(r, ev->block, ev->index));"),
    ("locks: a VP is told from inside the gate", ROUTER,
     "    p9x_transit_end(ev->transit);\n", ""),
    ("locks: a reset drains with an END held", DIRECT,
     "    p9x_gate_drain(&s->source.gate);",
     "    P9xLock *end = p9x_end_lock(&s->router, 0, 0);\n\n"
     "    p9x_lock(end);\n    p9x_gate_drain(&s->source.gate);\n"
     "    p9x_unlock(end);"),
    ("calls: a change does not wait for callers inside", "include/xive/calls.h",
     "    p9x_gate_drain(&calls->gate);\n", ""),
    ("calls: a change lets callers in", "include/xive/calls.h",
     "    atomic_fetch_add(&calls->closed, 1);\n",
     "    atomic_fetch_add(&calls->closed, 0);\n"),
    ("calls: one change's end opens for all", "include/xive/calls.h",
     "atomic_fetch_sub_explicit(&calls->closed, 1, memory_order_release);",
     "atomic_store(&calls->closed, 0);"),
    ("calls: a device does them beside each other", KVM,
     "    .shares = false,", "    .shares = true,"),
    ("calls: an absent vCPU's is done", HCALL,
     "    if (!p9x_spapr_backend(s)->shares || !p9x_spapr_server(s, caller)) {",
     "    if (!p9x_spapr_backend(s)->shares) {"),
    ("calls: one is done before CAS", HCALL,
     "!hcalls[row].shared || !negotiated(s) ||", "!hcalls[row].shared ||"),
    ("calls: H_INT_ESB tells vCPUs from inside", HCALL,
     "rc = leave_calls(h)->esb(", "rc = p9x_spapr_backend(s)->esb("),
    ("locks: an hcall changes tables without config_lock", HCALL,
     "    p9x_spapr_change(s);\n    rc = hcalls[row].call(&h);\n"
     "    p9x_spapr_changed(s);",
     "    rc = hcalls[row].call(&h);"),
    ("locks: a block is locked before its device", NATIVE,
     "    p9x_lock(&kvm->lock);\n    p9x_lock(&block->lock);",
     "    p9x_lock(&block->lock);\n    p9x_lock(&kvm->lock);"),
    ("locks: a line is loaded from inside the gate", SOURCE,
     "        p9x_gate_leave(&src->gate);\n"
     "        there = load_line(src, srcno);\n"
     "        p9x_gate_enter_fenced(&src->gate);",
     "        there = load_line(src, srcno);"),
    # pseries
    ("hcall: a LISN's high half is ignored", HCALL,
     "return lisn < h->s->config.nr_irqs &&\n           p9x_spapr_claimed",
     "return p9x_spapr_claimed"),
    ("hcall: P3 before P4", HCALL, TARGET_CHECKS, TARGET_CHECKS_TURNED),
    ("hcall: an EISN is cut to 31 bits", HCALL, "eisn > P9X_DATA_MAX", "0"),
    ("hcall: a queue may lie in ROM", HCALL,
     "ports->mem_is_ram(ports->host, addr, len);", "ports != NULL;"),
    ("reset: H_INT_RESET resets nothing", DIRECT,
     "    p9x_spapr_reset_interrupts(s);\n    return P9X_H_SUCCESS;",
     "    (void)s;\n    return P9X_H_SUCCESS;"),
    ("reset: pending bits stay", DIRECT, "    forget_pending(s);\n",
     "    (void)forget_pending;\n"),
    ("reset: queues stay", DIRECT, "    disable_ends(s);\n",
     "    (void)disable_ends;\n"),
    ("claim: PQ stays as a guest left it", DIRECT,
     "    p9x_source_set_pq(&s->source, lisn, P9X_PQ_01);\n"
     "    p9x_eas_write(&s->tables.eas[lisn], p9x_spapr_new",
     "    p9x_eas_write(&s->tables.eas[lisn], p9x_spapr_new"),
    ("spapr: the first EISN is 0", BACKEND,
     "p9x_spapr_backend(s)->lisn_is_eisn ? lisn : 0", "0"),
    ("spapr: the first EISN is the LISN on KVM, too", BACKEND,
     "p9x_spapr_backend(s)->lisn_is_eisn ? lisn : 0", "lisn"),
    ("spapr: a store is an EOI on KVM, too", KVM,
     ".store_eoi = false,", ".store_eoi = true,"),
    ("spapr: H_INT_ESB at odd offsets", HCALL,
     "if (offset % sizeof(uint64_t) || offset >>", "if (offset >>"),
    ("restore: an END's priority is believed", RESTORE,
     "P9X_END_W7_F0_PRIORITY) != index % P9X_NR_PRIOS",
     "P9X_END_W7_F0_PRIORITY) > 7"),
    ("restore: a queue may lie anywhere", RESTORE,
     "        !ports->mem_is_ram(ports->host, addr,",
     "        0 && !ports->mem_is_ram(ports->host, addr,"),
    ("dt: the OS page is first", DT,
     "p9x_be64(tima_page(s, P9X_TIMA_USER)), p9x",
     "p9x_be64(tima_page(s, P9X_TIMA_OS)), p9x"),
    # A KVM device behind the hcalls
    ("kvm: an EOI looks at no level", KVM,
     "        *again = resample(s, port, lisn);\n",
     "        (void)resample;\n"),
    ("kvm: an EOI always brings one more", KVM,
     "return p9x_spapr_level_is_up(s, lisn) && p9x_kvmdev_trigger(port, lisn);",
     "return p9x_kvmdev_trigger(port, lisn);"),
    ("kvm: an EOI turns on what is off", KVM, "if (pq != P9X_PQ_01) {",
     "if (1) {"),
    ("kvm: a line that rose while off stays silent", KVM,
     "return op >= P9X_ESB_SET_PQ_00 && op < P9X_ESB_SET_PQ_01;",
     "(void)op; return false;"),
    ("kvm: a line's level is not noted", KVM,
     "        p9x_spapr_direct.set_irq(s, lisn, level);\n", ""),
    ("kvm: a line does not reach the device", KVM,
     "done = !port->irq_line(port->opaque, lisn, level);", "done = true;"),
    ("kvm: messages go by irq_line first", KVM,
     "    return p9x_kvmdev_trigger(port, lisn) ||\n"
     "           !port->irq_line(port->opaque, lisn, 1);",
     "    return !port->irq_line(port->opaque, lisn, 1) ||\n"
     "           p9x_kvmdev_trigger(port, lisn);"),
    ("kvm: a falling message triggers", KVM, "done = !level || send_message",
     "done = send_message"),
    ("kvm: the masking word may be the same as before", KVM_WORDS,
     "(P9X_KVM_CFG_MASKED | P9X_KVM_CFG_SERVER)", "P9X_KVM_CFG_MASKED"),
    ("kvm: masking does not reach the device", HCALL,
     "        return backend->configure(h->s, (uint32_t)lisn,\n"
     "                                  p9x_spapr_new_eas(h->s, "
     "(uint32_t)lisn), 0);\n",
     "        p9x_eas_write(&h->s->tables.eas[lisn],\n"
     "                      p9x_spapr_new_eas(h->s, (uint32_t)lisn));\n"
     "        return P9X_H_SUCCESS;\n"),
    ("kvm: tables change though the device refused", KVM,
     "                          p9x_kvmdev_config_word(eas));\n",
     "                          p9x_kvmdev_config_word(eas));\n"
     "    p9x_spapr_direct.configure(s, lisn, eas, 0);\n"),
    ("kvm: the EISN is not told", KVM_WORDS,
     "           (eas & P9X_EAS_END_DATA) << P9X_KVM_CFG_EISN_SHIFT;",
     "           0ull << P9X_KVM_CFG_EISN_SHIFT;"),
    ("kvm: a full queue is H_HARDWARE", KVM,
     "        return P9X_H_RESOURCE;", "        return P9X_H_HARDWARE;"),
    ("kvm: a claim is not told", KVM,
     "int rc = p9x_kvmdev_source(s, s->port, lisn, lsi);",
     "int rc = 0;"),
    ("kvm: an LSI is told as MSI", KVM_DEVICE,
     "uint64_t value = lsi ? P9X_KVM_SRC_LEVEL : 0;",
     "uint64_t value = 0;"),
    ("kvm: a freed number stays routed", KVM,
     "    p9x_kvmdev_set64(port, P9X_KVM_GRP_SOURCE_CONFIG, lisn, "
     "P9X_KVMDEV_MASKING);\n",
     ""),
    ("kvm: a freed number is not off", KVM,
     "    p9x_kvmdev_load(port, lisn, P9X_ESB_SET_PQ_01, &old);\n",
     "    (void)old;\n"),
    ("kvm: a queue's index is not asked", KVM_DEVICE,
     "    p9x_end_set(end, 1, P9X_END_W1_OFFSET, eq.qindex);\n", ""),
    ("kvm: a queue's generation is not asked", KVM_DEVICE,
     "    p9x_end_set(end, 1, P9X_END_W1_GENERATION, eq.qtoggle);\n", ""),
    ("kvm: a queue is configured in the tables only", KVM,
     "int rc = p9x_kvmdev_set_queue(",
     "int rc = 0 && p9x_kvmdev_set_queue("),
    ("kvm: H_INT_RESET stays in the tables", KVM,
     "int rc = p9x_kvmdev_reset(s->port);", "int rc = 0;"),
    ("kvm: a machine reset leaves untargeted sources on", KVM,
     "    renew_sources(s, s->port);\n", "    (void)renew_sources;\n"),
    ("kvm: a machine reset leaves levels up", KVM,
     "        if (p9x_spapr_level_is_up(s, lisn)) {\n"
     "            port->irq_line(port->opaque, lisn, 0);\n        }\n", ""),
    ("kvm: a machine reset leaves pending bits", KVM,
     "        ring[P9X_TM_IPB] = 0;\n", ""),
    ("kvm: a server's ring is not reset", KVM,
     "    p9x_spapr_change(s);\n    if (s->server[server]) {",
     "    p9x_spapr_change(s);\n    if (0) {"),
    ("kvm: an unplugged server's queues are remembered", KVM,
     "    forget_server(s, server);\n", "    (void)forget_server;\n"),
    ("kvm: an unplugged server stays connected", KVM,
     "    s->port->disconnect(s->port->opaque, server);\n", ""),
    ("kvm: the number of servers is not told", KVM,
     "s->port ? -EBUSY : tell_nr_servers(s, port);",
     "s->port ? -EBUSY : 0; (void)tell_nr_servers;"),
    ("kvm: a failed connect leaves vCPUs connected", KVM,
     "    if (rc) {\n        disconnect_servers(s, port);\n",
     "    if (rc) {\n"),
    ("kvm: the direct path's source sends beside the device", KVM,
     "    p9x_source_fence(&s->source, true);\n", ""),
    ("kvm: the direct path stays fenced after disconnect", KVM,
     "        p9x_source_fence(&s->source, false);\n", ""),
    ("kvm: connecting keeps the old configuration", KVM,
     "    if (!s->loaded) {", "    if (0) {"),
    ("kvm: a stop does not sync queues", KVM_STATE,
     "    p9x_kvmdev_eq_sync(s->port);\n", ""),
    ("kvm: a machine that goes on does not get its PQ back", KVM_STATE,
     "        each_claimed(s, give_back);\n", "        (void)give_back;\n"),
    ("kvm: what came while stopped is dropped", KVM_STATE,
     "now == P9X_PQ_11) {", "0) {"),
    ("kvm: what came behind P while stopped is dropped", KVM_STATE,
     "    } else if (s->held[lisn] == P9X_PQ_11) {\n"
     "        p9x_kvmdev_load(s->port, lisn, P9X_ESB_SET_PQ_11, &now);",
     "    } else if (s->held[lisn] != P9X_PQ_01) {\n"
     "        p9x_kvmdev_load(s->port, lisn, P9X_ESB_SET_PQ_00 +\n"
     "                        0x100u * s->held[lisn], &now);"),
    ("kvm: a level is not looked at when going on", KVM_STATE,
     "level ? p9x_spapr_level_is_up(s, lisn) :", ""),
    ("kvm: a stopped machine's reset keeps what was held", KVM,
     "    p9x_spapr_kvm_let_go(s);\n    p9x_kvmdev_reset",
     "    p9x_kvmdev_reset"),
    ("kvm: a stream has an old ring", KVM_STATE,
     "    memcpy(ring, &value[0], sizeof(value[0]));\n", "    (void)ring;\n"),
    ("kvm: a loaded queue starts at 0", KVM_DEVICE,
     ".qindex = p9x_end_get(end, 1, P9X_END_W1_OFFSET)", ".qindex = 0"),
    ("kvm: a loaded source has no target", KVM_STATE,
     "if (!rc && !(eas & P9X_EAS_MASKED)) {", "if (0) {"),
    ("kvm: a loaded source is off until the machine goes on", KVM_STATE,
     "    if (pq != P9X_PQ_01) {", "    if (0) {"),
    ("kvm: a stream that makes no sense reaches the device", SPAPR_IMAGE,
     "    if (!p9x_spapr_restored(s, error)) {\n        return false;\n"
     "    }\n", ""),
    ("kvm: events wait until memory has gone", SPAPR_IMAGE,
     "    p9x_spapr_backend(s)->go_on(s);\n"
     "    p9x_spapr_backend(s)->stop(s);\n", ""),
    ("kvm: a connected vCPU is not pushed", MODEL_PORT,
     "    if (!rc && found.tctx) {", "    if (0) {"),
    ("kvm: looking at a vCPU leaves it off its thread", MODEL_PORT,
     "    if (on) {", "    if (0) {"),
]
