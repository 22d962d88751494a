/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include "console.h"
#include "cpu.h"
#include "hcall.h"

static u32 tap_count;

static void emit(const char *s, u64 len)
{
    while (len) {
        u64 word[2] = { 0, 0 };
        u64 n = len < 16 ? len : 16;

        __builtin_memcpy(word, s, n);
        hcall(H_PUT_TERM_CHAR, 0, n, word[0], word[1]);
        s += n;
        len -= n;
    }
}

struct sink {
    char *buf;
    u64 size, pos;
};

static void put(struct sink *sink, char c)
{
    if (sink->pos + 1 < sink->size) {
        sink->buf[sink->pos++] = c;
    }
}

static void put_number(struct sink *sink, u64 v, unsigned base, int width,
                       char pad)
{
    char digits[24];
    int n = 0;

    do {
        digits[n++] = "0123456789abcdef"[v % base];
        v /= base;
    } while (v);
    while (n < width && n < (int)sizeof(digits)) {
        digits[n++] = pad;
    }
    while (n) {
        put(sink, digits[--n]);
    }
}

static void put_string(struct sink *sink, const char *s)
{
    while (*s) {
        put(sink, *s++);
    }
}

static void format_one(struct sink *sink, const char **fmt, va_list *ap)
{
    int width = 0;
    bool is_long = false;
    char pad = **fmt == '0' ? '0' : ' ';
    u64 v;

    while (**fmt >= '0' && **fmt <= '9') {
        width = width * 10 + *(*fmt)++ - '0';
    }
    while (**fmt == 'l') {
        is_long = true;
        (*fmt)++;
    }
    switch (*(*fmt)++) {
    case 's':
        put_string(sink, va_arg(*ap, const char *));
        return;
    case 'd':
        v = is_long ? va_arg(*ap, long) : va_arg(*ap, int);
        if ((int64_t)v < 0) {
            put(sink, '-');
            v = -v;
        }
        put_number(sink, v, 10, width, pad);
        return;
    case 'u':
        v = is_long ? va_arg(*ap, u64) : va_arg(*ap, u32);
        put_number(sink, v, 10, width, pad);
        return;
    case 'x':
        v = is_long ? va_arg(*ap, u64) : va_arg(*ap, u32);
        put_number(sink, v, 16, width, pad);
        return;
    default:
        put(sink, '%');
    }
}

static u64 vformat(char *buf, u64 size, const char *fmt, va_list *ap)
{
    struct sink sink = { buf, size, 0 };

    while (*fmt) {
        char c = *fmt++;

        if (c == '%') {
            format_one(&sink, &fmt, ap);
        } else {
            put(&sink, c);
        }
    }
    buf[sink.pos] = 0;
    return sink.pos;
}

/* va_list is an array type on some ABIs; a wrapper keeps its address valid. */
#define VFORMAT(buf, size, fmt) ({                      \
    va_list ap_;                                        \
    u64 n_;                                             \
    va_start(ap_, fmt);                                 \
    n_ = vformat(buf, size, fmt, &ap_);                 \
    va_end(ap_);                                        \
    n_;                                                 \
})

int format(char *buf, u64 size, const char *fmt, ...)
{
    return VFORMAT(buf, size, fmt);
}

void print(const char *fmt, ...)
{
    char buf[512];

    emit(buf, VFORMAT(buf, sizeof(buf), fmt));
}

void die(const char *fmt, ...)
{
    char buf[512];

    VFORMAT(buf, sizeof(buf), fmt);
    print("Bail out! %s\n", buf);
    power_off();
}

static bool result(bool passed, const char *name)
{
    print("%sok %u - %s\n", passed ? "" : "not ", ++tap_count, name);
    return passed;
}

bool ok(bool passed, const char *fmt, ...)
{
    char buf[400];

    VFORMAT(buf, sizeof(buf), fmt);
    return result(passed, buf);
}

bool ok_eq(u64 got, u64 want, const char *fmt, ...)
{
    char buf[400];

    VFORMAT(buf, sizeof(buf), fmt);
    result(got == want, buf);
    if (got != want) {
        print("#   got 0x%lx, want 0x%lx\n", got, want);
    }
    return got == want;
}

bool ok_rc(long got, long want, const char *fmt, ...)
{
    char buf[400];

    VFORMAT(buf, sizeof(buf), fmt);
    result(got == want, buf);
    if (got != want) {
        print("#   got %s (%ld), want %s (%ld)\n", hcall_code_name(got), got,
              hcall_code_name(want), want);
    }
    return got == want;
}

u32 tap_tests(void)
{
    return tap_count;
}

void tap_go_on(u32 tests)
{
    tap_count = tests;
}

void tap_done(void)
{
    print("1..%u\n", tap_count);
}

const char *hcall_code_name(long rc)
{
    switch (rc) {
    case H_SUCCESS: return "H_SUCCESS";
    case H_HARDWARE: return "H_HARDWARE";
    case H_FUNCTION: return "H_FUNCTION";
    case H_PARAMETER: return "H_PARAMETER";
    case H_P2: return "H_P2";
    case H_P3: return "H_P3";
    case H_P4: return "H_P4";
    case H_P5: return "H_P5";
    default: return "another code";
    }
}

/* What the compiler itself calls for. */
void *memcpy(void *dst, const void *src, size_t n)
{
    u8 *d = dst;
    const u8 *s = src;

    while (n--) {
        *d++ = *s++;
    }
    return dst;
}

void *memset(void *dst, int c, size_t n)
{
    u8 *d = dst;

    if (!((uintptr_t)d & 7) && !(n & 7)) {
        u64 word = (u8)c * 0x0101010101010101ULL;

        for (u64 *w = dst; n; n -= 8) {
            *w++ = word;
        }
        return dst;
    }
    while (n--) {
        *d++ = c;
    }
    return dst;
}
