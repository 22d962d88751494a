/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bit numbers, fields and byte order.
 *
 * POWER manuals count bits from the most significant end: bit 0 of a
 * doubleword is the one worth 2^63.  That convention lives in this header and
 * in regs.h, which names every field with it; all other code uses the names.
 *
 * XIVE's tables, event queues and register images are big-endian.  The core
 * keeps them that way in memory (types P9xBe32 and P9xBe64 below), so that
 * tables in arrays and tables in guest memory are walked by the same code.
 */
#ifndef P9X_BITS_H
#define P9X_BITS_H

#include <stdbool.h>
#include <stdint.h>

#define P9X_BIT64(n)        (UINT64_C(1) << (63 - (n)))
#define P9X_BIT32(n)        (UINT32_C(1) << (31 - (n)))
#define P9X_BIT8(n)         ((uint8_t)(1u << (7 - (n))))

/* Bits first to last, both included, first <= last. */
#define P9X_MASK64(first, last) \
    (((P9X_BIT64(first) - P9X_BIT64(last)) | P9X_BIT64(first)) | \
     P9X_BIT64(last))
#define P9X_MASK32(first, last) \
    (((P9X_BIT32(first) - P9X_BIT32(last)) | P9X_BIT32(first)) | \
     P9X_BIT32(last))

/* A doubleword and a word as the machine stores them. */
typedef uint64_t P9xBe64;
typedef uint32_t P9xBe32;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define P9X_BSWAP64(v) __builtin_bswap64(v)
#define P9X_BSWAP32(v) __builtin_bswap32(v)
#else
#define P9X_BSWAP64(v) (v)
#define P9X_BSWAP32(v) (v)
#endif

static inline uint64_t p9x_be64(P9xBe64 v)
{
    return P9X_BSWAP64(v);
}

static inline uint32_t p9x_be32(P9xBe32 v)
{
    return P9X_BSWAP32(v);
}

/* The value of the field that @mask selects, right-justified. */
static inline uint64_t p9x_get64(uint64_t word, uint64_t mask)
{
    return (word & mask) >> __builtin_ctzll(mask);
}

static inline uint32_t p9x_get32(uint32_t word, uint32_t mask)
{
    return (word & mask) >> __builtin_ctz(mask);
}

/* @word with the field that @mask selects replaced by @value. */
static inline uint64_t p9x_set64(uint64_t word, uint64_t mask, uint64_t value)
{
    return (word & ~mask) | ((value << __builtin_ctzll(mask)) & mask);
}

static inline uint32_t p9x_set32(uint32_t word, uint32_t mask, uint32_t value)
{
    return (word & ~mask) | ((value << __builtin_ctz(mask)) & mask);
}

/*
 * The @size bytes (1, 2, 4 or 8) that a big-endian bus gives to a load at byte
 * lane @lane (0-7) of the doubleword @value.  A load that crosses the end of
 * the doubleword gets the bytes there are, right-justified.
 */
static inline uint64_t p9x_lane_load(uint64_t value, unsigned lane,
                                     unsigned size)
{
    unsigned bytes = size < 8 - lane ? size : 8 - lane;
    uint64_t low = value >> (8 * (8 - lane - bytes));

    return bytes >= 8 ? low : low & ((UINT64_C(1) << (8 * bytes)) - 1);
}

/* Bytes of a big-endian image at @p, as a number.  @size is 1 to 8. */
static inline uint64_t p9x_load_be(const uint8_t *p, unsigned size)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < size; i++) {
        value = value << 8 | p[i];
    }
    return value;
}

static inline void p9x_store_be(uint8_t *p, unsigned size, uint64_t value)
{
    for (unsigned i = size; i > 0; i--) {
        p[i - 1] = (uint8_t)value;
        value >>= 8;
    }
}

#endif
