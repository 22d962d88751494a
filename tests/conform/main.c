/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conform [--option WORD] --write FILE RUN...
 * conform [--option WORD] --compare FILE RUN... [--compare FILE RUN...]...
 *
 * A RUN is native:SEED:STEPS or xics:SEED:STEPS; native+pci and xics+pci have
 * devices of the host in it (option "pci" of the kernel's end).  One program
 * writes what its end says, the other reads it and says where its own end
 * differs.  For each FILE, its name and then TAP on standard output; status 1
 * if anything differs.
 */
#include "conform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Script {
    FILE *file;
    bool compares;
    char name[64];
    char before[4096];          /* the last line that was the same */
    bool differs;
} Script;

static void cut(char *line)
{
    line[strcspn(line, "\n")] = 0;
}

static bool compare(Script *s, unsigned step, const char *line)
{
    char wanted[4096];

    if (!fgets(wanted, sizeof(wanted), s->file)) {
        wanted[0] = 0;
    }
    cut(wanted);
    if (!strcmp(wanted, line)) {
        snprintf(s->before, sizeof(s->before), "%s", line);
        return true;
    }
    printf("# %s differs at step %u\n#   before: %s\n#   model:  %s\n"
           "#   here:   %s\n", s->name, step, s->before, wanted, line);
    s->differs = true;
    return false;
}

static bool line_done(void *opaque, unsigned step, const char *line)
{
    Script *s = opaque;

    if (s->compares) {
        return compare(s, step, line);
    }
    return fprintf(s->file, "%s\n", line) > 0;
}

/* A run's name stands before its lines: one that differed leaves some over. */
static bool find_run(Script *s)
{
    char line[4096];

    if (!s->compares) {
        return fprintf(s->file, "= %s\n", s->name) > 0;
    }
    while (fgets(line, sizeof(line), s->file)) {
        cut(line);
        if (!strncmp(line, "= ", 2) && !strcmp(line + 2, s->name)) {
            return true;
        }
    }
    printf("# %s is not in the file\n", s->name);
    s->differs = true;
    return false;
}

static unsigned run(Conform *c, Script *s)
{
    P9xKvmType type = s->name[0] == 'x' ? P9X_KVM_XICS : P9X_KVM_NATIVE;
    const char *colon = strchr(s->name, ':');
    char *end = NULL;
    uint64_t seed = strtoull(colon ? colon + 1 : "", &end, 0);

    c->has_devices = strstr(s->name, "+pci") != NULL;
    s->differs = false;
    s->before[0] = 0;
    if (!colon || *end != ':' || !find_run(s)) {
        return 0;
    }
    return conform_run(c, type, seed, (unsigned)strtoul(end + 1, NULL, 0));
}

static int run_all(Conform *c, Script *s, char **names, int n)
{
    unsigned long steps = 0;
    int failed = 0;

    printf("1..%d\n", n);
    for (int i = 0; i < n; i++) {
        unsigned these;

        snprintf(s->name, sizeof(s->name), "%s", names[i]);
        these = run(c, s);
        steps += these;
        failed += s->differs || !these;
        printf("%s %d - %s, %u steps\n", s->differs || !these ? "not ok" :
               "ok", i + 1, s->name, these);
        fflush(stdout);
    }
    printf("# note: %lu steps\n", steps);
    return failed ? 1 : 0;
}

/* "--write" or "--compare", a file, runs: how many words that are. */
static int words_of_file(char **argv, int argc)
{
    int n = 2;

    if (argc < 3 || (strcmp(argv[0], "--write") &&
                     strcmp(argv[0], "--compare"))) {
        return 0;
    }
    while (n < argc && argv[n][0] != '-') {
        n++;
    }
    return n;
}

static int one_file(Conform *c, char **words, int n)
{
    static Script s;
    int failed;

    s.compares = !strcmp(words[0], "--compare");
    s.file = fopen(words[1], s.compares ? "r" : "w");
    if (!s.file) {
        perror(words[1]);
        return 2;
    }
    c->line_done = line_done;
    c->opaque = &s;
    printf("%s:\n", words[1]);
    failed = run_all(c, &s, words + 2, n - 2);
    return fclose(s.file) ? 2 : failed;
}

int main(int argc, char **argv)
{
    static Conform c;
    const char *option = "";
    int at = 1, failed = 0;

    if (at + 1 < argc && !strcmp(argv[at], "--option")) {
        option = argv[at + 1];
        at += 2;
    }
    if (!words_of_file(argv + at, argc - at)) {
        fprintf(stderr, "usage: conform [--option WORD] --write FILE RUN... | "
                "--compare FILE RUN... [--compare FILE RUN...]...\n");
        return 2;
    }
    c.end = conform_end(option);
    if (!c.end) {
        return 2;
    }
    while (at < argc && failed < 2) {
        int n = words_of_file(argv + at, argc - at);
        int rc = n ? one_file(&c, argv + at, n) : 2;

        failed = rc > failed ? rc : failed;
        at += n;
    }
    return failed;
}
