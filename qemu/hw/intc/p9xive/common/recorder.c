/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The flight recorder (xive/recorder.h) as properties of a controller's object:
 *
 *   recorder          on or off
 *   recorder-size     records a thread
 *   recorder-file     written when QEMU ends, when the guest panics or resets,
 *                     and when a watchdog pauses it
 *   recorder-save     set to a file's name: written at once
 *   recorder-written  records so far
 *   recorder-state    all controllers and vCPUs as JSON
 *
 * There is one recorder, so that all controllers show the same.  Properties are
 * set and read under the BQL.
 */
#include "qemu/osdep.h"
#include "hw/core/cpu.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/error-report.h"
#include "system/reset.h"
#include "system/runstate.h"
#include "system/system.h"
#include "target/ppc/cpu.h"

#include "adapter.h"
#include "xive/recorder.h"
#include "xive/state.h"

enum { DEFAULT_SIZE = 16384 };

static uint32_t wanted_size = DEFAULT_SIZE;
static char *wanted_file;

/* ---- the vCPUs ---- */

static void describe_cpu(CPUState *cs, GString *out)
{
    PowerPCCPU *cpu = POWERPC_CPU(cs);
    CPUPPCState *env = &cpu->env;

    g_string_append_printf(
        out, "{\"index\": %d, \"vcpu\": %d, \"halted\": %s, \"ee\": %s, "
        "\"hv\": %s, \"external\": %s}", cs->cpu_index, cpu->vcpu_id,
        p9x_state_bool(cs->halted),
        p9x_state_bool(env->msr & (1ull << MSR_EE)),
        p9x_state_bool(env->has_hv_mode && FIELD_EX64_HV(env->msr)),
        p9x_state_bool(ppc_pending(env) & PPC_INTERRUPT_EXT));
}

static void describe_cpus(void *opaque, GString *out)
{
    CPUState *cs;

    g_string_append(out, "{\"is\": \"vcpus\", \"vcpus\": [");
    CPU_FOREACH(cs) {
        p9x_state_separate(out);
        describe_cpu(cs, out);
    }
    g_string_append(out, "]}");
}

/* ---- when a file is written by itself ---- */

static void save_wanted(void)
{
    g_autofree char *why = NULL;

    if (wanted_file && p9x_recorder_written() &&
        !p9x_recorder_save(wanted_file, &why)) {
        warn_report("recorder-file: %s", why);
    }
}

static void at_exit(Notifier *n, void *data)
{
    save_wanted();
}

static void at_reset(void *opaque)
{
    save_wanted();
}

static void at_state_change(void *opaque, bool running, RunState state)
{
    if (state == RUN_STATE_GUEST_PANICKED || state == RUN_STATE_WATCHDOG) {
        save_wanted();
    }
}

void p9xive_watch_machine(void)
{
    static Notifier exit_notifier = { .notify = at_exit };
    static bool watching;

    if (!watching) {
        watching = true;
        qemu_add_exit_notifier(&exit_notifier);
        qemu_register_reset(at_reset, NULL);
        qemu_add_vm_change_state_handler(at_state_change, NULL);
        p9x_recorder_describe(describe_cpus, NULL);
    }
}

/* ---- properties ---- */

static bool start(Error **errp)
{
    g_autofree char *why = NULL;

    p9xive_watch_machine();
    if (!p9x_recorder_start(wanted_size, &why)) {
        error_setg(errp, "recorder: %s", why);
        return false;
    }
    p9xive_watch_taken();
    return true;
}

static bool is_on(void)
{
    return atomic_load(&p9x_recorder_on);
}

static bool get_on(Object *obj, Error **errp)
{
    return is_on();
}

static void set_on(Object *obj, bool on, Error **errp)
{
    if (on) {
        start(errp);
    } else {
        p9x_recorder_stop();
    }
}

static void get_size(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    uint32_t size = is_on() ? p9x_recorder_size() : wanted_size;

    visit_type_uint32(v, name, &size, errp);
}

static void set_size(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    uint32_t size;

    if (!visit_type_uint32(v, name, &size, errp)) {
        return;
    }
    if (size < P9X_RECORDER_MIN || size > P9X_RECORDER_MAX) {
        error_setg(errp, "recorder-size must be from %d to %d records",
                   P9X_RECORDER_MIN, P9X_RECORDER_MAX);
        return;
    }
    wanted_size = size;
    if (is_on()) {
        start(errp);
    }
}

static char *get_file(Object *obj, Error **errp)
{
    return g_strdup(wanted_file ? wanted_file : "");
}

static void set_file(Object *obj, const char *value, Error **errp)
{
    p9xive_watch_machine();
    g_free(wanted_file);
    wanted_file = *value ? g_strdup(value) : NULL;
}

static void save(Object *obj, const char *value, Error **errp)
{
    g_autofree char *why = NULL;

    p9xive_watch_machine();
    if (!p9x_recorder_save(value, &why)) {
        error_setg(errp, "recorder-save: %s", why);
    }
}

static char *get_state(Object *obj, Error **errp)
{
    GString *out = g_string_new(NULL);

    p9xive_watch_machine();
    p9x_recorder_state(out);
    return g_string_free(out, FALSE);
}

static void get_written(Object *obj, Visitor *v, const char *name,
                        void *opaque, Error **errp)
{
    uint64_t written = p9x_recorder_written();

    visit_type_uint64(v, name, &written, errp);
}

static void describe_property(ObjectClass *klass, const char *name,
                              const char *what)
{
    object_class_property_set_description(klass, name, what);
}

void p9xive_class_add_recorder(ObjectClass *klass)
{
    object_class_property_add_bool(klass, "recorder", get_on, set_on);
    describe_property(klass, "recorder", "flight recorder: record each step "
                      "of each interrupt");
    object_class_property_add(klass, "recorder-size", "uint32", get_size,
                              set_size, NULL, NULL);
    describe_property(klass, "recorder-size", "records that each host thread "
                      "keeps");
    object_class_property_add_str(klass, "recorder-file", get_file, set_file);
    describe_property(klass, "recorder-file", "written at the end, when the "
                      "guest panics or resets, and when a watchdog pauses it");
    object_class_property_add_str(klass, "recorder-save", NULL, save);
    describe_property(klass, "recorder-save", "set to a file's name to write "
                      "it at once");
    object_class_property_add(klass, "recorder-written", "uint64",
                              get_written, NULL, NULL, NULL);
    object_class_property_add_str(klass, "recorder-state", get_state, NULL);
    describe_property(klass, "recorder-state", "controllers and vCPUs as JSON");
}
