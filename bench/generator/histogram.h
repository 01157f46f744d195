// Latencies in log-linear buckets: 64 to each power of two, so a quantile is off by less than 1.6 %.
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_BUCKETS = 60 * 64 };

struct histogram {
  uint64_t count;
  uint64_t max_ns;
  uint32_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *h, uint64_t ns);
double histogram_quantile_us(const struct histogram *h, double quantile);

#endif
