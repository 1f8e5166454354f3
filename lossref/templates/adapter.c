/* Losses for lossref to judge: `lossref check cmd:./adapter` starts this (`lossref protocol` explains it). */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *declined; /* why you do not take the question, if so */
static double option[8]; /* options of the loss, such as delta, in the order that `lossref show huber` has */

/* EDIT HERE: your functions. `lossref list` names the losses, `lossref show huber` has the inputs and options of one.
   A call is for one example: x is its first input, n numbers (mostly 1), y its second; it returns the value and puts
   the gradient, n numbers as well, into slopes. Where you do not take the question put the reason, a text, into
   declined: the batch is left out then, and counted, not judged. */
static double softplus(double x) { return (x > 0 ? x : 0) + log1p(exp(-fabs(x))); }
static double sigmoid(double x) { return (x < 0 ? exp(x) : 1) / (1 + exp(-fabs(x))); }

static double sigmoid_cross_entropy(const double *x, int n, const double *y, double *slopes)
{
    /* if (*y != 0 && *y != 1) declined = "hard labels only"; */
    double no = 1 - *y, yes = *y; /* two terms of one sign: nothing cancels; a label of 0 or 1 leaves one of them */
    *slopes = no * sigmoid(*x) - yes * sigmoid(-*x);
    return (no == 0 ? 0 : no * softplus(*x)) + (yes == 0 ? 0 : yes * softplus(-*x));
}

static double softmax_cross_entropy(const double *x, int n, const double *y, double *slopes)
{
    int top = 0, target = (int)*y;
    double rest = 0, others = 0;
    for (int j = 1; j < n; j++) if (x[j] > x[top]) top = j;
    for (int j = 0; j < n; j++) rest += slopes[j] = j == top ? 0 : exp(x[j] - x[top]); /* beside 1 they would drown */
    slopes[top] = 1;
    for (int j = 0; j < n; j++) others += j == target ? 0 : slopes[j];
    slopes[target] = -others; /* p - 1, without a difference */
    for (int j = 0; j < n; j++) slopes[j] /= 1 + rest;
    return (target == top ? 0 : x[top] - x[target]) + log1p(rest);
}

typedef double loss(const double *x, int n, const double *y, double *slopes);
static const struct { const char *name, *parts; loss *run; } LOSSES[] = {
    {"sigmoid_cross_entropy", "\"value\",\"gradient\"", sigmoid_cross_entropy},
    {"softmax_cross_entropy", "\"value\",\"gradient\"", softmax_cross_entropy},
};

/* The rest can stay as it is. */
enum { COUNT = sizeof LOSSES / sizeof *LOSSES };
typedef struct { const char *name; int width, digits; } format; /* bits in all, and those after the leading 1 */
static const format FORMATS[] = {
    {"float64", 64, 52}, {"float32", 32, 23}, {"bfloat16", 16, 7}, {"float16", 16, 10},
    {"float8_e5m2", 8, 2}, {"float8_e4m3fn", 8, 3},
};
enum { FORMAT_COUNT = sizeof FORMATS / sizeof *FORMATS };

static int bias(format f) { return (1 << (f.width - 2 - f.digits)) - 1; }
static int has_infinity(format f) { return strcmp(f.name, "float8_e4m3fn") != 0; }
static uint64_t beyond(format f) /* the bits above those of the largest number: infinity, or the one NaN */
{
    return has_infinity(f) ? (uint64_t)(2 * bias(f) + 1) << f.digits : (UINT64_C(1) << (f.width - 1)) - 1;
}

static double decoded(uint64_t bits, format f)
{
    uint64_t sign = UINT64_C(1) << (f.width - 1), rest = bits & (sign - 1), exponent = rest >> f.digits;
    double x = (double)(rest & ((UINT64_C(1) << f.digits) - 1)) + (exponent ? ldexp(1, f.digits) : 0);
    x = ldexp(x, (exponent ? (int)exponent : 1) - bias(f) - f.digits);
    if (rest >= beyond(f)) x = rest == beyond(f) && has_infinity(f) ? INFINITY : NAN;
    return bits & sign ? -x : x;
}

static uint64_t encoded(double x, format f) /* rounded to the nearest number, ties to even */
{
    uint64_t sign = signbit(x) ? UINT64_C(1) << (f.width - 1) : 0, bits;
    int exponent, least = 1 - bias(f);
    if (x != x) return beyond(f) + (has_infinity(f) ? UINT64_C(1) << (f.digits - 1) : 0);
    if (isinf(x)) return sign + beyond(f);
    frexp(x, &exponent);
    if (--exponent < least || x == 0) exponent = least;
    bits = ((uint64_t)(exponent - least) << f.digits) + (uint64_t)rint(ldexp(fabs(x), f.digits - exponent));
    return sign + (bits < beyond(f) ? bits : beyond(f));
}

static int entry(char **p, double *x, format f) /* an entry of a batch: a list of n numbers, or (-1) a single one */
{
    int n = 0, is_list = *(*p += **p == ',') == '[';
    do {
        *p += is_list;
        int is_index = **p != '"';
        x[n++] = is_index ? strtod(*p, p) : decoded(strtoull(*p + 1, p, 16), f);
        *p += !is_index;
    } while (is_list && **p == ',');
    *p += is_list;
    return is_list ? n : -1;
}

static void run(char *line)
{
    long long sequence = 0;
    int k = 0, used = 0;
    format f = FORMATS[0];
    char loss[65] = "", part[17] = "", named[17] = "", *first, *second, *options, *text;
    size_t length;
    sscanf(line, "{\"type\":\"run\",\"sequence\":%lld,\"loss\":\"%64[^\"]\",\"part\":%16[^,],"
           "\"format\":\"%16[^\"]\",%n", &sequence, loss, part, named, &used);
    for (int j = 0; j < FORMAT_COUNT; j++) if (strcmp(named, FORMATS[j].name) == 0) f = FORMATS[j];
    while (k < COUNT && (strcmp(loss, LOSSES[k].name) != 0 || !strstr(LOSSES[k].parts, part))) k++;
    if (used == 0 || k == COUNT || strstr(line, "\"reduction\":")) {
        const char *why = used && k < COUNT ? "single examples only" : "not in LOSSES";
        printf("{\"type\":\"unsupported\",\"sequence\":%lld,\"reason\":\"%s\"}\n", sequence, why);
        return;
    }
    double *x = malloc(3 * strlen(line) * sizeof *x), *y = x + strlen(line), *slopes = y + strlen(line);
    first = strstr(line, ":[") + 2;
    if ((second = strstr(first, "],\""))) second = strstr(second, ":[") + 2;
    options = strstr(first, "\"options\":{");
    for (int j = 0; j < 8 && (options = strstr(options, ":\"")); j++) options++, entry(&options, &option[j], f);
    int is_value = strcmp(part, "\"value\"") == 0;
    FILE *out = open_memstream(&text, &length);
    declined = NULL;
    fprintf(out, "{\"type\":\"result\",\"sequence\":%lld,\"answer\":", sequence);
    for (char open = '['; *first != ']'; open = ',') {
        int n = entry(&first, x, f), many = n > 0 && !is_value;
        if (second) entry(&second, y, f);
        double value = LOSSES[k].run(x, abs(n), y, slopes);
        if (is_value) slopes[0] = value;
        fprintf(out, many ? "%c[" : "%c", open);
        for (int j = 0; j < (many ? n : 1); j++)
            fprintf(out, "%s\"%0*llx\"", j ? "," : "", f.width / 4, (unsigned long long)encoded(slopes[j], f));
        if (many) fputc(']', out);
    }
    fclose(out);
    if (declined) printf("{\"type\":\"unsupported\",\"sequence\":%lld,\"reason\":\"%s\"}\n", sequence, declined);
    else printf("%s]}\n", text);
    free(text);
    free(x);
}

int main(void)
{
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0 && strncmp(line, "{\"type\":\"bye\"", 13) != 0) {
        if (strncmp(line, "{\"type\":\"hello\"", 15) == 0) {
            printf("{\"type\":\"hello\",\"protocol\":2,\"name\":\"mine\",\"language\":\"C\",\"version\":\"1\","
                   "\"command\":\"./adapter\",\"formats\":[");
            for (int j = 0; j < FORMAT_COUNT; j++) printf("%s\"%s\"", j ? "," : "", FORMATS[j].name);
            printf("],\"losses\":{");
            for (int j = 0; j < COUNT; j++)
                printf("%s\"%s\":{\"parts\":[%s]}", j ? "," : "", LOSSES[j].name, LOSSES[j].parts);
            puts("}}");
        } else run(line);
        fflush(stdout);
    }
    return 0;
}
