/* A histogram of nanoseconds: 64 steps to each power of two, so a value is known within one part in 64. */
#include "load.h"

enum { STEPS_LOG = 6, STEPS = 1 << STEPS_LOG };
static uint64_t buckets[STEPS * (64 - STEPS_LOG + 1)], total, most;
static double sum;

static uint32_t bucket_of(uint64_t value) {
  if (value < STEPS) return (uint32_t)value;
  const int shift = 63 - __builtin_clzll(value) - STEPS_LOG;
  return (uint32_t)(((shift + 1) << STEPS_LOG) + (int)((value >> shift) & (STEPS - 1)));
}

static double middle_of(uint32_t bucket) {
  if (bucket < STEPS) return bucket;
  const int shift = (int)(bucket >> STEPS_LOG) - 1;
  return ((double)(STEPS + (bucket & (STEPS - 1))) + 0.5) * (double)(1ull << shift);
}

void latency_add(uint64_t value) {
  buckets[bucket_of(value)]++;
  total++;
  sum += (double)value;
  if (value > most) most = value;
}

double latency_quantile(double quantile) {
  const uint64_t rank = (uint64_t)(quantile * (double)total);
  uint64_t seen = 0;
  for (uint32_t bucket = 0; bucket < sizeof buckets / sizeof *buckets; bucket++) {
    seen += buckets[bucket];
    if (seen > rank) return middle_of(bucket) / 1e3;
  }
  return (double)most / 1e3;
}

double latency_mean(void) { return total == 0 ? 0 : sum / (double)total / 1e3; }
double latency_most(void) { return (double)most / 1e3; }
