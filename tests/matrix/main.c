/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The driver: runs each case, keeps what interrupts came, says whether that is
 * what the architecture wants, and writes all of it down in memory, where the
 * program that has started the machine finds it.
 *
 *   NAME: EVENT... ; r14   pass|FAIL, want ...
 *
 * An event is vector+offset of the interrupted instruction, with a colon and
 * SRR1's status bits if there are any, and then all of SRR1.
 */
#include "matrix.h"

#define MAX_EVENTS 40
#define STATUS 0x783F0000ULL
#define SPIN 0x48000000         /* b . */
#define STOP 0x4C0002E4
#define CASE_SIZE 128

struct event {
    u64 vector, nip, msr;
};

u32 watched_word;

static struct event events[MAX_EVENTS];
static u32 nr_events;
static u64 counter;
static const struct testcase *running;
static bool below;              /* a guest of ours runs */
static u64 length;

void put(const char *text)
{
    char *out = (char *)TRANSCRIPT;

    while (*text) {
        out[length++] = *text++;
    }
}

void put_hex(u64 n)
{
    char digits[17];
    u32 i = sizeof(digits) - 1;

    digits[i] = 0;
    do {
        digits[--i] = "0123456789abcdef"[n & 15];
        n >>= 4;
    } while (n);
    put(&digits[i]);
}

static void far_decrementer(void)
{
    __asm__ volatile("mtdec %0" :: "r"(0x7FFFFFFFULL));
}

static void keep(const struct frame *f)
{
    if (nr_events < MAX_EVENTS) {
        events[nr_events++] = (struct event){ f->vector, f->nip, f->msr };
    }
}

static bool is_case_address(u64 nip)
{
    return nip - (u64)running->code < CASE_SIZE;
}

/* Only the interrupt ends a loop that is one instruction. */
static void past_loop(struct frame *f)
{
    if (is_case_address(f->nip) && *(u32 *)f->nip == SPIN) {
        f->nip += 4;
    }
}

static void quiet(struct frame *f)
{
    switch (f->vector & 0xFFF) {
    case 0x900:
        far_decrementer();
        break;
    case 0x980:
        MTSPR(SPR_HDEC, 0x7FFFFFFFULL);
        break;
    case 0x500:
    case 0xEA0:
        ext_ack();
        break;
    }
    past_loop(f);
}

/* How it goes on after an interrupt: 0 at f->nip, 1 not at all. */
static u64 go_on(struct frame *f)
{
    switch (f->vector & 0xFFF) {
    case 0x400:
    case 0x480:
        return 1;
    case 0x200:
    case 0x300:
    case 0x380:
    case 0x600:
    case 0x700:
    case 0x800:
    case 0xE40:
        f->nip += 4;
        break;
    case 0x100:
    case 0x500:
    case 0x900:
    case 0x980:
    case 0xA00:
    case 0xE80:
    case 0xEA0:
        quiet(f);
        break;
    case 0xD00:
        set_ciabr(0);
        break;
    }
    return nr_events == MAX_EVENTS;
}

/* sc 1 is its way to say that it is through. */
static u64 end_guest(const struct frame *f)
{
    if (f->vector != 0xC00) {
        put("the guest ended with ");
        put_hex(f->vector);
        put(" at ");
        put_hex(f->nip);
        put("\n");
    }
    return 2;
}

u64 on_event(struct frame *f)
{
    if (f->vector == SCV_REAL_SHORT) {
        f->vector = SCV_REAL;
    }
    if (below && read_msr() >> 60 & 1) {
        return end_guest(f);
    }
    if ((f->vector & 0xFFF) == 0xC00 && f->gpr[0] == LEAVE_CASE) {
        counter = f->gpr[14];
        return 1;
    }
    if ((f->vector & 0xFFF) == 0x900 && !(running->flags & TIMED)) {
        far_decrementer();      /* the host was slow */
        return 0;
    }
    if (f->vector == 0x900 && is_case_address(f->nip) &&
        *(u32 *)f->nip == STOP) {
        far_decrementer();              /* too early: it was not asleep yet */
        f->nip = (u64)running->code;
        return 0;
    }
    if (f->vector == 0x980 && !(running->flags & HDEC)) {
        quiet(f);               /* nothing takes an old one back */
        return 0;
    }
    keep(f);
    counter = f->gpr[14];
    return go_on(f);
}

static void append(char *line, u32 *at, const char *text)
{
    while (*text) {
        line[(*at)++] = *text++;
    }
    line[*at] = 0;
}

static void append_hex(char *line, u32 *at, u64 n)
{
    u64 was = length;

    /* put_hex() knows how; what it wrote is taken back. */
    put_hex(n);
    ((char *)TRANSCRIPT)[length] = 0;
    append(line, at, (char *)TRANSCRIPT + was);
    length = was;
}

/* What the architecture has a say in. */
static void summarize(char *line)
{
    u32 at = 0;

    line[0] = 0;
    for (u32 i = 0; i < nr_events; i++) {
        const struct event *e = &events[i];

        append_hex(line, &at, e->vector);
        if (is_case_address(e->nip)) {
            append(line, &at, "+");
            append_hex(line, &at, e->nip - (u64)running->code);
        } else {
            append(line, &at, "@");
            append_hex(line, &at, e->nip);
        }
        if (e->msr & STATUS) {
            append(line, &at, ":");
            append_hex(line, &at, (e->msr & STATUS) >> 16);
        }
        append(line, &at, " ");
    }
    append(line, &at, "=");
    append_hex(line, &at, counter);
}

static bool same(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static void tell(void)
{
    char line[1024];

    summarize(line);
    put(machine.has & HAS_TOP ? "" : "guest-");
    put(running->name);
    put(": ");
    put(line);
    put(" srr1");
    for (u32 i = 0; i < nr_events; i++) {
        put(" ");
        put_hex(events[i].msr);
    }
    if (!running->expect) {
        put(" ; unspecified\n");
    } else if (same(line, running->expect)) {
        put(" ; pass\n");
    } else {
        put(" ; FAIL, want ");
        put(running->expect);
        put("\n");
    }
}

static void run(const struct testcase *c)
{
    running = c;
    nr_events = 0;
    counter = 0;
    far_decrementer();
    if (c->before) {
        c->before(c);
    }
    run_case(c->code, machine.msr | c->msr);
    if (c->after) {
        c->after(c);
    }
    far_decrementer();
    tell();
}

static bool chosen(const struct testcase *c)
{
    u64 choice = be64(mailbox->choice), row = be64(mailbox->row);

    if ((c->needs & machine.has) != c->needs ||
        (c->flags & NOT_COUNTED && choice & CHOOSE_COUNTED) ||
        (c->flags & NMI && !(choice & CHOOSE_NMI))) {
        return false;
    }
    return row == ALL_ROWS ? c->flags >> ROW_SHIFT != 0 :
                             c->flags >> ROW_SHIFT == row;
}

void run_cases(void)
{
    for (u32 i = 0; i < nr_cases; i++) {
        if (chosen(&cases[i])) {
            run(&cases[i]);
        }
    }
}

void guest_main(void)
{
    run_cases();
}

void matrix_main(void)
{
    machine_init();
    run_cases();
    below = true;
    guests_run();
    put("end\n");
    if (be64(mailbox->choice) & CHOOSE_CONSOLE) {
        console_write((const char *)TRANSCRIPT, length);
    }
    mailbox->length = be64(length);
    mailbox->state = be64((u64)STATE_DONE);
}
