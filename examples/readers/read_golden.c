/* Reads golden data, or grades answers by it, with the standard library alone (golden/README.md has the formulas):
   cc -O2 -o read_golden read_golden.c -lm, then
     ./read_golden golden/..../....jsonl                       prints inputs, options and the right answers
     ./read_golden --grade answers.txt golden/..../....jsonl   grades each region of each part, and the whole
   Inputs are printed as `ID NAME NUMBER ...` in decimal digits. Answers, printed or given to be graded, are lines
   `ID PART BITS ...`, such as `66717c3052e5 value 4026000000000000`; one without numbers says that an answer failed.
   The keys of a vector stand in one order, without blanks, so that looking for strings is enough. */
#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *PARTS[] = {"value", "gradient", "hessian"}, *LEVELS[] = {"A+", "A", "B", "C", "D", "F"};
static const char *REGIONS[] = {"ordinary", "tail", "cancellation", "kink", "option", "reduction", "range", "special"};
enum { APART = 6 }; /* from here on regions stand beside the headline */

struct format { const char *name; int precision, least, top; }; /* 2 ** least is the least number; all are below 2 ** top */
static const struct format FORMATS[] = {{"float64", 53, -1074, 1024}, {"float32", 24, -149, 128}};

/* One component; at an exact kink nothing is rounded, and away from one there are no ends. */
struct truth { int is_rounded, has_ends; double rounded, residual, low, high, K, S; };
struct tally { int count, is_exact, is_lost; double E1, E2, E3; }; /* the worst of many numbers' errors */

union bits64 { uint64_t bits; double x; };
union bits32 { uint32_t bits; float x; };

static double decode(const char *p, char **end)
{
    uint64_t bits = strtoull(p, end, 16);
    return *end - p == 16 ? (union bits64){bits}.x : (union bits32){(uint32_t)bits}.x;
}

static void encode(double x, const struct format *form)
{
    if (form->precision == 53) printf(" %016llx", (unsigned long long)(union bits64){.x = x}.bits);
    else printf(" %08lx", (unsigned long)(union bits32){.x = (float)x}.bits);
}

/* The numbers of a list, or of a list of lists, one after the other, bits or integers; none where there is none. */
static int numbers(const char *p, double *x)
{
    int n = 0, depth = 0;
    char *end;
    do {
        depth += (*p == '[') - (*p == ']');
        if (*p == '"') x[n++] = decode(p + 1, &end), p = end;
        else if (*p == '-' || isdigit((unsigned char)*p)) x[n++] = strtod(p, &end), p = end - 1;
    } while (*++p && depth > 0);
    return n;
}

static const char *after(const char *p, const char *key)
{
    const char *found = p ? strstr(p, key) : NULL;
    return found ? found + strlen(key) : NULL;
}

static int region_of(const char *row)
{
    const char *p = after(row, "\"region\":\"");
    for (int k = 0; p && k < 8; k++)
        if (strncmp(p, REGIONS[k], strlen(REGIONS[k])) == 0) return k;
    return -1;
}

/* The slope of a mean over nothing, whose value is NaN, is not judged. */
static int is_empty_mean(const char *row, int part, double *room)
{
    int is_nan = 0;
    for (int i = numbers(after(row, "\"value\":{\"rounded\":"), room); i-- > 0;) is_nan |= isnan(room[i]);
    return part > 0 && is_nan && region_of(row) < APART && strstr(row, "\"reduction\":");
}

/* The components of a part into t; none where it is not judged. */
static int truths(const char *row, int part, struct truth *t, double *room)
{
    const char *stop = part == 0 ? after(row, "\"gradient\":{") : part == 1 ? after(row, "\"hessian\":{") : strchr(row, 0);
    const char *p = after(row, part == 0 ? "\"value\":{" : part == 1 ? "\"gradient\":{" : "\"hessian\":{");
    int count = 0;
    if (is_empty_mean(row, part, room)) return 0;
    while ((p = after(p, "\"rounded\":")) && p < stop) {
        const char *object_ends = strchr(p, '}'), *ends = after(p, "\"interval\":");
        int is_rounded = *p == '[', has_ends = ends && ends < object_ends;
        int width = numbers(after(p, "\"K\":"), room);
        if (!is_rounded && !has_ends) return 0; /* the loss jumps */
        for (int i = 0; i < width; i++) t[count + i] = (struct truth){is_rounded, has_ends, .K = room[i]};
        int sizes = numbers(after(p, "\"S\":"), room);
        for (int i = 0; i < width; i++) t[count + i].S = room[sizes > 1 ? i : 0];
        if (is_rounded) {
            numbers(p, room);
            for (int i = 0; i < width; i++) t[count + i].low = t[count + i].high = t[count + i].rounded = room[i];
            numbers(after(p, "\"residual\":"), room);
            for (int i = 0; i < width; i++) t[count + i].residual = room[i];
        }
        if (has_ends) {
            numbers(ends, room);
            for (int i = 0; i < width; i++) t[count + i].low = room[2 * i], t[count + i].high = room[2 * i + 1];
        }
        count += width;
    }
    return count;
}

static double ulp(double x, const struct format *form)
{
    int exponent;
    frexp(x, &exponent);
    return ldexp(1, x != 0 && exponent - form->precision > form->least ? exponent - form->precision : form->least);
}

static double ulp_of_exact(const struct truth *t, const struct format *form)
{
    double unit = ulp(t->rounded, form); /* just below a power of two the spacing is half of that above */
    int is_below = fabs(t->rounded) == ldexp(unit, form->precision - 1) && t->residual * t->rounded < 0;
    return is_below && unit > ldexp(1, form->least) ? unit / 2 : unit;
}

/* A power of two by which no sum overflows and no product underflows. */
static double scale(double a, double b, double c, double d)
{
    double largest = fmax(fmax(fabs(a), fabs(b)), fmax(fabs(c), fabs(d)));
    return largest < ldexp(1, -400) ? ldexp(1, 500) : largest > ldexp(1, 1000) ? ldexp(1, -100) : 1;
}

/* How far y is outside of [low + rest, high + rest], scaled; an infinity is the first power of two beyond the format. */
static double distance(double y, double low, double high, double rest, double by, const struct format *form)
{
    y = isfinite(y) ? y * by : copysign(ldexp(by, form->top), y);
    return fmax(fmax((low * by - y) + rest, (y - high * by) - rest), 0);
}

static struct tally measure(double y, const struct truth *t, const struct format *form)
{
    static const struct tally RIGHT = {1, 1, 0, 0, 0, 0}, FAILED = {1, 0, 0, INFINITY, INFINITY, INFINITY};
    if (t->is_rounded && !isfinite(t->rounded))
        return y == t->rounded || (isnan(y) && isnan(t->rounded)) ? RIGHT : FAILED;
    if (isnan(y)) return FAILED;
    double by = scale(y, t->low, t->high, t->K), K = t->K * by, near = scale(y, t->rounded, 0, 0);
    double unit = t->has_ends ? ulp(fmax(fabs(t->low), fabs(t->high)), form) : ulp_of_exact(t, form);
    double rest = t->has_ends ? 0 : t->residual / 65536 * (ulp(t->rounded, form) * by);
    double outside = distance(y, t->low, t->high, rest, by, form), E1 = outside / (unit * by);
    if (t->is_rounded) {
        double tail = t->residual / 65536 * (ulp(t->rounded, form) * near);
        E1 = distance(y, t->rounded, t->rounded, tail, near, form) / (ulp_of_exact(t, form) * near);
    }
    double least_normal = ldexp(1, form->least + form->precision - 1);
    double E3 = 2 * outside / (ldexp(fmax(t->S, least_normal) * by, 1 - form->precision) + K);
    double least = fmin(fabs(t->low), fabs(t->high)) * by, inward = t->low > 0 ? rest : -rest;
    int has_sign = (t->low > 0 && t->high > 0) || (t->low < 0 && t->high < 0), is_other = t->low > 0 ? y <= 0 : y >= 0;
    int matters = has_sign && (least - least_normal * by) + inward >= 0 && (least - 4 * K) + inward > 0;
    return (struct tally){
        .is_exact = t->is_rounded ? y == t->rounded : outside == 0,
        .is_lost = matters && outside > 0 && (is_other || isinf(y)),
        .E1 = E1,
        .E2 = 2 * outside / (unit * by + K),
        .E3 = isinf(y) && E3 > 16 ? INFINITY : E3,
    };
}

static void add(struct tally *worst, struct tally one)
{
    worst->is_exact = (worst->count++ == 0 || worst->is_exact) && one.is_exact;
    worst->is_lost |= one.is_lost;
    worst->E1 = fmax(worst->E1, one.E1);
    worst->E2 = fmax(worst->E2, one.E2);
    worst->E3 = fmax(worst->E3, one.E3);
}

/* The place in LEVELS. */
static int grade(const struct tally *worst, const struct format *form)
{
    if (worst->is_exact) return 0;
    if (worst->E1 <= 1 && !worst->is_lost) return 1;
    if (worst->E2 <= 8 && !worst->is_lost) return 2;
    if (worst->E3 <= 16) return 3;
    return worst->E3 <= pow(2, form->precision / 2.0) ? 4 : 5;
}

static int by_key(const void *a, const void *b) /* the id and the part: 14 characters tell them apart */
{
    return strncmp(*(char *const *)a, *(char *const *)b, 14);
}

static void grade_row(const char *row, char **answers, size_t count, struct tally worst[3][8],
                      const struct format *form, struct truth *t, double *room)
{
    for (int part = 0; part < 3; part++) {
        char key[32], *p = key, **found;
        snprintf(key, sizeof key, "%.12s %s", row + 7, PARTS[part]);
        int width = truths(row, part, t, room), n = 0;
        if (width == 0 || !(found = bsearch(&p, answers, count, sizeof *answers, by_key))) continue;
        for (p = *found + strlen(key); *p == ' ' && isxdigit((unsigned char)p[1]); n++) {
            double y = decode(p + 1, &p);
            if (n < width) room[n] = y;
        }
        struct tally *sum = &worst[part][region_of(row)];
        if (n != width) add(sum, (struct tally){1, 0, 0, INFINITY, INFINITY, INFINITY});
        else for (int i = 0; i < n; i++) add(sum, measure(room[i], &t[i], form));
    }
}

static void print_grades(const char *header, struct tally worst[3][8], const struct format *form)
{
    const char *loss = after(header, "\"loss\":\"");
    for (int part = 0; part < 3; part++) {
        int counted = -1, apart = -1;
        for (int k = 0; k < 8; k++) {
            if (worst[part][k].count == 0) continue;
            int level = grade(&worst[part][k], form), *headline = k < APART ? &counted : &apart;
            if (level > *headline) *headline = level;
            printf("%.*s %s %s %s %s\n", (int)strcspn(loss, "\""), loss, form->name, PARTS[part], REGIONS[k], LEVELS[level]);
        }
        if (counted < 0) counted = apart;
        if (counted >= 0)
            printf("%.*s %s %s headline %s\n", (int)strcspn(loss, "\""), loss, form->name, PARTS[part], LEVELS[counted]);
    }
}

static void print_row(const char *row, const struct format *form, struct truth *t, double *room)
{
    static const char WORD[] = "abcdefghijklmnopqrstuvwxyz_-0123456789";
    const char *p = after(row, "\"inputs\":{"), *stop = after(row, "\"value\":{"), *between = "";
    size_t length;
    char *end;
    for (; p += strcspn(p, WORD), p < stop - 8; p += length) {
        length = strspn(p, WORD);
        if (strncmp(p + length, "\":{", 3) == 0) continue; /* "options" */
        if (strncmp(p + length, "\":", 2) == 0) {
            printf("%s%.12s %.*s", between, row + 7, (int)length, p);
            between = "\n";
        } else if (p[-1] == '"' && (length == 16 || length == 8) && strspn(p, "0123456789abcdef") == length)
            printf(" %.17g", decode(p, &end));
        else printf(" %.*s", (int)length, p);
    }
    for (int part = 0; part < 3; part++) {
        int width = truths(row, part, t, room);
        if (width) printf("\n%.12s %s", row + 7, PARTS[part]);
        for (int i = 0; i < width; i++) encode(t[i].is_rounded ? t[i].rounded : t[i].low, form); /* the least slope */
    }
    putchar('\n');
}

static FILE *opened(const char *path)
{
    FILE *file = path ? fopen(path, "r") : NULL;
    if (file) return file;
    perror(path ? path : "read_golden [--grade ANSWERS] FILE ...");
    exit(1);
}

static void fail(const char *path)
{
    fprintf(stderr, "read_golden: %s is no golden data\n", path);
    exit(1);
}

static char **read_answers(const char *path, size_t *count)
{
    FILE *file = opened(path);
    char **answers = NULL, *line = NULL;
    for (size_t size = 0; getline(&line, &size, file) > 0; ) {
        size_t length = strlen(line) > 13 ? strcspn(line + 13, " \n") : 0;
        int is_answer = 0; /* or an input, which the other mode prints */
        for (int part = 0; part < 3; part++)
            is_answer |= length == strlen(PARTS[part]) && strncmp(line + 13, PARTS[part], length) == 0;
        if (!is_answer) continue;
        if ((*count & (*count - 1)) == 0) answers = realloc(answers, (2 * *count + 1) * sizeof *answers);
        answers[(*count)++] = strdup(line);
    }
    free(line);
    fclose(file);
    if (answers) qsort(answers, *count, sizeof *answers, by_key);
    return answers;
}

int main(int argc, char **arguments)
{
    size_t count = 0, size = 0, rows = 0;
    int is_grading = argc > 2 && strcmp(arguments[1], "--grade") == 0;
    char **answers = is_grading ? read_answers(arguments[2], &count) : NULL, *header = NULL, *row = NULL;
    for (int k = is_grading ? 3 : 1; k < argc || k == 1; k++) {
        FILE *file = opened(arguments[k]);
        const struct format *form = FORMATS;
        struct tally worst[3][8] = {0};
        if (getline(&header, &size, file) < 0 || !strstr(header, "\"format\":\"float")) fail(arguments[k]);
        if (!strstr(header, "\"format\":\"float64\"")) form++; /* the first line says what the others are */
        while (getline(&row, &rows, file) > 0) {
            if (strncmp(row, "{\"id\":\"", 7) != 0 || region_of(row) < 0 || !after(row, "\"hessian\":")) fail(arguments[k]);
            double *room = malloc(strlen(row) * sizeof *room); /* more than one row can have */
            struct truth *t = malloc(strlen(row) * sizeof *t);
            if (is_grading) grade_row(row, answers, count, worst, form, t, room);
            else print_row(row, form, t, room);
            free(room);
            free(t);
        }
        if (is_grading) print_grades(header, worst, form);
        fclose(file);
    }
    free(header);
    free(row);
    return 0;
}
