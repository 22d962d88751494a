/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a guest does and must not reach the host's kernel.  Linux complains of
 * a source that is sent to a queue without a page, and refuses a queue at a
 * second priority; the calls between are looked at on their way to the device.
 */
#include "fixture-kvm.h"

enum {
    MSI = 0x20, PRIO = 6, EISN = 0x1234, SERVERS = 2, NR_PRIOS = 7,
    GUEST_CALLS = 20000
};

static struct {
    P9xKvmPort real;
    bool queue[SRIG_MAX_SERVERS][P9X_NR_PRIOS];
    unsigned configs;           /* sources sent to a queue */
    unsigned without_queue;     /* of them, where none is */
    bool one_priority;          /* EQ_CONFIG is Linux's end of the port */
} watch;

static bool is_second_priority(unsigned server, unsigned prio)
{
    for (unsigned i = 0; i < P9X_NR_PRIOS; i++) {
        if (i != prio && watch.queue[server][i]) {
            return true;
        }
    }
    return false;
}

static int set_queue(void *opaque, uint64_t attr, const P9xKvmEq *eq)
{
    unsigned server = (unsigned)(attr >> 3), prio = attr & 7;
    int rc = watch.one_priority && is_second_priority(server, prio) ? -EBUSY :
             watch.real.set_attr(opaque, P9X_KVM_GRP_EQ_CONFIG, attr, eq);

    if (!rc) {
        watch.queue[server][prio] = eq->qshift;
    }
    return rc;
}

static void see_config(uint64_t word)
{
    unsigned server = (unsigned)((word & P9X_KVM_CFG_SERVER) >>
                                 P9X_KVM_CFG_SERVER_SHIFT);

    if (!(word & P9X_KVM_CFG_MASKED)) {
        watch.configs++;
        watch.without_queue += !watch.queue[server][word & 7];
    }
}

static int set_attr(void *opaque, unsigned group, uint64_t attr,
                    const void *addr)
{
    if (group == P9X_KVM_GRP_EQ_CONFIG) {
        return set_queue(opaque, attr, addr);
    }
    if (group == P9X_KVM_GRP_SOURCE_CONFIG) {
        see_config(*(const uint64_t *)addr);
    }
    if (group == P9X_KVM_GRP_CTRL && attr == P9X_KVM_CTRL_RESET) {
        memset(watch.queue, 0, sizeof(watch.queue));
    }
    return watch.real.set_attr(opaque, group, attr, addr);
}

/* The device forgets the queues of a vCPU that goes. */
static void disconnect(void *opaque, uint32_t server)
{
    memset(watch.queue[server], 0, sizeof(watch.queue[server]));
    watch.real.disconnect(opaque, server);
}

static SpaprRig *watched(void)
{
    SpaprRig *rig = srig_new(SERVERS);

    srig_kvm_prepare(rig);
    srig_kvm_create(rig, 0);
    memset(&watch, 0, sizeof(watch));
    watch.real = rig->kvm->port;
    rig->kvm->port.set_attr = set_attr;
    rig->kvm->port.disconnect = disconnect;
    g_assert_cmpint(srig_kvm_connect(rig), ==, 0);
    g_assert_cmpint(p9x_spapr_claim(&rig->s, MSI, false), ==, 0);
    return rig;
}

static int64_t configure(SpaprRig *rig, uint32_t server, uint8_t prio)
{
    return srig_hcall(rig, P9X_H_INT_SET_SOURCE_CONFIG, P9X_SRC_SET_EISN, MSI,
                      server, prio, EISN);
}

static int64_t queue(SpaprRig *rig, uint32_t server, uint8_t prio,
                     uint64_t shift)
{
    return srig_hcall(rig, P9X_H_INT_SET_QUEUE_CONFIG, P9X_EQ_ALWAYS_NOTIFY,
                      server, prio, shift ? srig_queue_addr(server, prio) : 0,
                      shift);
}

static void check_refused(SpaprRig *rig)
{
    unsigned before = watch.configs;

    g_assert_cmpint(configure(rig, 1, PRIO), ==, P9X_H_HARDWARE);
    g_assert_cmpuint(watch.configs, ==, before);
}

static void check_done(SpaprRig *rig)
{
    unsigned before = watch.configs;

    srig_set_queue(rig, 1, PRIO);
    g_assert_cmpint(configure(rig, 1, PRIO), ==, 0);
    g_assert_cmpuint(watch.configs, ==, before + 1);
}

static void test_a_source_never_goes_to_a_queue_that_is_not_there(void)
{
    SpaprRig *rig = watched();

    check_refused(rig);
    check_done(rig);
    g_assert_cmpint(queue(rig, 1, PRIO, 0), ==, 0);
    check_refused(rig);
    check_done(rig);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_RESET, 0, 0, 0, 0, 0), ==, 0);
    check_refused(rig);
    check_done(rig);
    p9x_spapr_remove_server(&rig->s, 1);
    g_assert_cmpint(p9x_spapr_add_server(&rig->s, 1, &rig->tctx[1]), ==, 0);
    check_refused(rig);
    p9x_host_inject(&rig->kvm->h, P9X_OPAL_SET_QUEUE_INFO, 0, 0,
                    P9X_OPAL_HARDWARE);
    g_assert_cmpint(queue(rig, 1, PRIO, P9X_SPAPR_EQ_SHIFT), ==,
                    P9X_H_HARDWARE);
    check_refused(rig);
    check_done(rig);
    g_assert_cmpuint(watch.without_queue, ==, 0);
    srig_free(rig);
}

static void guest_call(SpaprRig *rig, GRand *r)
{
    uint32_t server = g_rand_int(r) % SERVERS;
    uint8_t prio = (uint8_t)(g_rand_int(r) % NR_PRIOS);

    switch (g_rand_int(r) % 32) {
    case 0:
        srig_hcall(rig, P9X_H_INT_RESET, 0, 0, 0, 0, 0);
        break;
    case 1:
        p9x_spapr_remove_server(&rig->s, 1);
        g_assert_cmpint(p9x_spapr_add_server(&rig->s, 1, &rig->tctx[1]), ==,
                        0);
        break;
    case 2 ... 9:
        queue(rig, server, prio, 0);
        break;
    case 10 ... 17:
        queue(rig, server, prio, P9X_SPAPR_EQ_SHIFT);
        break;
    default:
        srig_hcall(rig, P9X_H_INT_SET_SOURCE_CONFIG, g_rand_int(r) % 4, MSI,
                   server, g_rand_int(r) % 8 ? prio : 0xFF, g_rand_int(r));
        break;
    }
}

static void test_nor_does_it_whatever_the_guest_calls(void)
{
    SpaprRig *rig = watched();
    GRand *r = g_rand_new_with_seed(12);

    for (unsigned i = 0; i < GUEST_CALLS; i++) {
        guest_call(rig, r);
    }
    g_assert_cmpuint(watch.configs, >, GUEST_CALLS / 50);
    g_assert_cmpuint(watch.without_queue, ==, 0);
    g_rand_free(r);
    srig_free(rig);
}

static void test_a_second_priority_that_the_device_refuses_is_h_resource(void)
{
    SpaprRig *rig = watched();
    P9xEnd none = rig->s.tables.end[P9X_NR_PRIOS + PRIO - 1];

    watch.one_priority = true;
    check_done(rig);
    g_assert_cmpint(queue(rig, 1, PRIO - 1, P9X_SPAPR_EQ_SHIFT), ==,
                    P9X_H_RESOURCE);
    g_assert_cmpmem(&none, sizeof(none),
                    &rig->s.tables.end[P9X_NR_PRIOS + PRIO - 1], sizeof(none));
    g_assert_cmpint(configure(rig, 1, PRIO - 1), ==, P9X_H_HARDWARE);
    g_assert_cmpint(queue(rig, 0, PRIO - 1, P9X_SPAPR_EQ_SHIFT), ==, 0);
    g_assert_cmpuint(watch.without_queue, ==, 0);
    srig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow tests[] = {
        TEST(a_source_never_goes_to_a_queue_that_is_not_there),
        TEST(nor_does_it_whatever_the_guest_calls),
        TEST(a_second_priority_that_the_device_refuses_is_h_resource),
    };

    return RUN_TESTS(argc, argv, "kvm-spapr-safe", tests);
}
