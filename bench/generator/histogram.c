#include "histogram.h"

static uint32_t bucket_of(uint64_t ns) {
  if (ns < 64) return (uint32_t)ns;
  uint32_t shift = 63u - (uint32_t)__builtin_clzll(ns) - 6u;
  return (shift + 1) * 64 + (uint32_t)((ns >> shift) & 63);
}

static double middle_ns(uint32_t bucket) {
  if (bucket < 64) return bucket;
  uint32_t shift = bucket / 64 - 1;
  return ((double)(64 + bucket % 64) + 0.5) * (double)(1ull << shift);
}

void histogram_add(struct histogram *h, uint64_t ns) {
  h->count++;
  if (ns > h->max_ns) h->max_ns = ns;
  h->buckets[bucket_of(ns)]++;
}

double histogram_quantile_us(const struct histogram *h, double quantile) {
  uint64_t rank = (uint64_t)((double)h->count * quantile), seen = 0;
  for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
    seen += h->buckets[i];
    if (seen > rank) return middle_ns(i) / 1000.0;
  }
  return 0;
}
