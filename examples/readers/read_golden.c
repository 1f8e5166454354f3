/* Reads golden data with the standard library alone: cc -O2 -o read_golden read_golden.c, then
     ./read_golden golden/binary/sigmoid_cross_entropy.float64.jsonl
   Prints of each vector its id, the bits of its first input and of its value, and the value in decimal digits. A
   call, with "reduction" among its options, has several examples and, unreduced, several values, between commas.
   The keys of a vector stand in one order, without blanks, so that looking for strings is enough. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

union bits64 { uint64_t bits; double x; };
union bits32 { uint32_t bits; float x; };

static void print(const char *p, int is_double, int is_decimal) /* every string of a nest of lists, or a single one */
{
    const char *between = "";
    char *end;
    int depth = 0;
    putchar(' ');
    do {
        depth += (*p == '[') - (*p == ']');
        if (*p != '"') continue;
        uint64_t bits = strtoull(p + 1, &end, 16);
        if (*end != '"') return;
        double x = end - p == 17 ? (union bits64){bits}.x : (union bits32){(uint32_t)bits}.x;
        fputs(between, stdout);
        if (is_decimal) printf("%.17g", x);
        else if (is_double) printf("%016llx", (unsigned long long)(union bits64){.x = x}.bits);
        else printf("%08lx", (unsigned long)(union bits32){.x = (float)x}.bits);
        between = ",";
        p = end;
    } while (*++p && depth > 0);
}

static const char *inside(const char *line, const char *object, const char *key) /* behind a key in an object */
{
    const char *found = strstr(line, object);
    return found && (found = strstr(found + strlen(object), key)) ? found + strlen(key) : NULL;
}

int main(int count, char **arguments)
{
    FILE *file = count == 2 ? fopen(arguments[1], "r") : NULL;
    char *line = NULL;
    size_t size = 0;
    if (!file || getline(&line, &size, file) < 0) { perror("read_golden FILE"); return 1; }
    int is_double = strstr(line, "\"format\":\"float64\"") != NULL; /* the first line says what the others are */
    while (getline(&line, &size, file) > 0) {
        const char *input = inside(line, "\"inputs\":{", ":"), *value = inside(line, "\"value\":{", "\"rounded\":");
        if (strncmp(line, "{\"id\":\"", 7) != 0 || !input || !value) {
            fputs("read_golden: this is no golden vector\n", stderr);
            return 1;
        }
        printf("%.12s", line + 7);
        print(input, is_double, 0);
        print(value, is_double, 0);
        print(value, is_double, 1);
        putchar('\n');
    }
    free(line);
    return fclose(file);
}
