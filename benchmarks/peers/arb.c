/* Arb in C, balls of 128 bits: the job comes as plain numbers on standard input, the answer goes out as JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#if __has_include(<flint/arb_mat.h>)
#include <flint/arb_mat.h>
#else
#include <arb_mat.h>
#endif

#define PREC 128

static void read_ball(arb_t x)
{
    double value;
    if (scanf("%lf", &value) != 1)
        exit(2);
    arb_set_d(x, value);
}

static void read_matrix(arb_mat_t a, long rows, long columns)
{
    arb_mat_init(a, rows, columns);
    for (long i = 0; i < rows; i++)
        for (long j = 0; j < columns; j++)
            read_ball(arb_mat_entry(a, i, j));
}

/* Half the Hessian in (w_i, b_i) for each unit, then v, then c, as in generic.py; x has the column of ones. */
static void hessian(arb_mat_t total, const arb_mat_t x, const arb_mat_t y, const arb_mat_t units, const arb_mat_t last)
{
    long samples = arb_mat_nrows(x), size = arb_mat_ncols(x), width = arb_mat_nrows(units), all = size * width + width;
    arb_mat_t z, turned, jacobian;
    arb_t slope, residual, bent, mixed, t;
    arb_mat_init(z, samples, width);
    arb_mat_init(turned, size, width);
    arb_mat_init(jacobian, samples, all + 1);
    arb_init(slope), arb_init(residual), arb_init(bent), arb_init(mixed), arb_init(t);
    arb_mat_transpose(turned, units);
    arb_mat_mul(z, x, turned, PREC);
    arb_mat_t corrections;
    arb_mat_init(corrections, all + 1, all + 1);
    for (long n = 0; n < samples; n++) {
        arb_sub(residual, arb_mat_entry(last, 0, width), arb_mat_entry(y, n, 0), PREC);
        for (long i = 0; i < width; i++) {
            arb_ptr s = arb_mat_entry(z, n, i);
            arb_tanh(s, s, PREC);
            arb_addmul(residual, arb_mat_entry(last, 0, i), s, PREC);
            arb_set(arb_mat_entry(jacobian, n, size * width + i), s);
        }
        arb_one(arb_mat_entry(jacobian, n, all));
        for (long i = 0; i < width; i++) {
            arb_srcptr s = arb_mat_entry(z, n, i), v = arb_mat_entry(last, 0, i);
            arb_mul(slope, s, s, PREC);
            arb_sub_si(slope, slope, 1, PREC);
            arb_neg(slope, slope);
            arb_mul(mixed, residual, slope, PREC);
            arb_mul(bent, mixed, v, PREC);
            arb_mul(bent, bent, s, PREC);
            arb_mul_si(bent, bent, -2, PREC);
            arb_mul(slope, slope, v, PREC);
            for (long p = 0; p < size; p++) {
                arb_srcptr a = arb_mat_entry(x, n, p);
                arb_mul(arb_mat_entry(jacobian, n, size * i + p), slope, a, PREC);
                arb_addmul(arb_mat_entry(corrections, size * i + p, size * width + i), mixed, a, PREC);
                arb_addmul(arb_mat_entry(corrections, size * width + i, size * i + p), mixed, a, PREC);
                arb_mul(t, bent, a, PREC);
                for (long q = 0; q < size; q++)
                    arb_addmul(arb_mat_entry(corrections, size * i + p, size * i + q), t, arb_mat_entry(x, n, q), PREC);
            }
        }
    }
    arb_mat_t transposed;
    arb_mat_init(transposed, all + 1, samples);
    arb_mat_transpose(transposed, jacobian);
    arb_mat_mul(total, transposed, jacobian, PREC);
    arb_mat_add(total, total, corrections, PREC);
    arb_mat_clear(z), arb_mat_clear(turned), arb_mat_clear(jacobian), arb_mat_clear(transposed);
    arb_mat_clear(corrections);
    arb_clear(slope), arb_clear(residual), arb_clear(bent), arb_clear(mixed), arb_clear(t);
}

static double now(void) { return (double)clock() / CLOCKS_PER_SEC; }

int main(void)
{
    long samples, size, width, all, rounds;
    double shift, start, of_hessian = 0;
    arb_mat_t a, x, y, units, last, ldl;
    if (scanf("%lf %ld %ld %ld", &shift, &samples, &size, &width) != 4)
        return 2;
    if (samples > 0) { /* a network */
        read_matrix(x, samples, size), read_matrix(y, samples, 1), read_matrix(units, width, size);
        read_matrix(last, 1, width + 1);
        all = size * width + width + 1;
        arb_mat_init(a, all, all);
        for (rounds = 0, start = now(); rounds == 0 || now() - start < 0.5; rounds++)
            hessian(a, x, y, units, last);
        of_hessian = (now() - start) / rounds;
    } else
        read_matrix(a, all = size, size);
    printf("{\"hessian\": %.9g, \"entries\": [%.17g, %.17g, %.17g, %.17g]", of_hessian,
           arf_get_d(arb_midref(arb_mat_entry(a, 0, 0)), ARF_RND_NEAR),
           arf_get_d(arb_midref(arb_mat_entry(a, 0, all - 1)), ARF_RND_NEAR),
           arf_get_d(arb_midref(arb_mat_entry(a, all - 2, 0)), ARF_RND_NEAR),
           arf_get_d(arb_midref(arb_mat_entry(a, all - 2, 1)), ARF_RND_NEAR));
    for (long i = 0; i < all; i++) {
        arb_t more;
        arb_init(more);
        arb_set_d(more, shift);
        arb_add(arb_mat_entry(a, i, i), arb_mat_entry(a, i, i), more, PREC);
        arb_clear(more);
    }
    int positive = 0;
    arb_mat_init(ldl, all, all);
    for (rounds = 0, start = now(); rounds == 0 || now() - start < 0.5; rounds++)
        positive = arb_mat_cho(ldl, a, PREC); /* nonzero only if every matrix in the enclosure is positive definite */
    printf(", \"definite\": %.9g, \"answer\": %s}\n", (now() - start) / rounds, positive ? "true" : "false");
    return 0;
}
