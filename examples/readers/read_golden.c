/* Reads golden data with the standard library alone: cc -O2 -o read_golden read_golden.c, then
     ./read_golden golden/binary/sigmoid_cross_entropy.float64.jsonl
   Prints of each vector its id, the bits of its first input and of its value, and the value in decimal digits. The keys
   of a vector stand in one order, without blanks, so that looking for strings is enough. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

union bits64 { uint64_t bits; double x; };
union bits32 { uint32_t bits; float x; };

static double decode(char **p) /* the string at p, which is moved behind it */
{
    char *start = *p + 1;
    uint64_t bits = strtoull(start, p, 16);
    return (*p)++ - start == 16 ? (union bits64){bits}.x : (union bits32){(uint32_t)bits}.x;
}

static void print_bits(double x, int is_double)
{
    if (is_double) printf("%016llx", (unsigned long long)(union bits64){.x = x}.bits);
    else printf("%08lx", (unsigned long)(union bits32){.x = (float)x}.bits);
}

int main(int count, char **arguments)
{
    FILE *file = count == 2 ? fopen(arguments[1], "r") : NULL;
    char *line = NULL;
    size_t size = 0;
    if (!file || getline(&line, &size, file) < 0) { perror("read_golden FILE"); return 1; }
    int is_double = strstr(line, "\"format\":\"float64\"") != NULL; /* the first line says what the others are */
    while (getline(&line, &size, file) > 0) {
        char *input = strchr(strstr(line, "\"inputs\":{") + 10, ':') + 1, *answer = strstr(line, "\"value\":") + 8;
        int is_list = *input == '[';
        printf("%.12s ", strstr(line, "\"id\":") + 6);
        do {
            input += is_list;
            print_bits(decode(&input), is_double);
            putchar(is_list && *input == ',' ? ',' : ' ');
        } while (is_list && *input == ',');
        double value = decode(&answer);
        print_bits(value, is_double);
        printf(" %.17g\n", value);
    }
    free(line);
    return fclose(file);
}
