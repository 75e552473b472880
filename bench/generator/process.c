/*
 * What the system knows: CPU time of the server (its process clock, in nanoseconds, all threads and ended ones
 * included), of this process and of the whole machine, and the server's memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

uint64_t work_time;

static double seconds_of(struct timespec time) { return (double)time.tv_sec + (double)time.tv_nsec / 1e9; }

double server_seconds(void) {
  clockid_t clock;
  struct timespec time;
  if (settings.server == 0) return 0;
  if (clock_getcpuclockid(settings.server, &clock) != 0 || clock_gettime(clock, &time) != 0) give_up("the server has ended");
  return seconds_of(time);
}

static void read_server(struct snapshot *snapshot) {
  snapshot->server = server_seconds();
  /* proc(5): utime and stime are the 14th and 15th field, and the 2nd, in parentheses, may contain anything. */
  char path[64], line[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", (int)settings.server);
  FILE *const file = fopen(path, "r");
  if (file == NULL) return;
  const char *const rest = fgets(line, sizeof line, file) ? strrchr(line, ')') : NULL;
  unsigned long long user, system;
  if (rest && sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user, &system) == 2) {
    const double tick = 1.0 / (double)sysconf(_SC_CLK_TCK);
    snapshot->server_user = (double)user * tick;
    snapshot->server_system = (double)system * tick;
  }
  fclose(file);
}

static void read_machine(struct snapshot *snapshot) {
  FILE *const file = fopen("/proc/stat", "r");
  if (file == NULL) return;
  unsigned long long user, nice, system, idle, wait, hard, soft, stolen;
  if (fscanf(file, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &user, &nice, &system, &idle, &wait, &hard, &soft, &stolen) == 8) {
    const double tick = 1.0 / (double)sysconf(_SC_CLK_TCK);
    snapshot->machine = (double)(user + nice + system + hard + soft) * tick;
    snapshot->stolen = (double)stolen * tick;
  }
  fclose(file);
}

struct snapshot take_snapshot(void) {
  struct snapshot snapshot = {.time = nanoseconds(), .work = work_time};
  struct timespec own;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own);
  snapshot.own = seconds_of(own);
  if (settings.server != 0) read_server(&snapshot);
  read_machine(&snapshot);
  return snapshot;
}

/* A field of /proc/<server>/status in KiB, or -1. */
long memory_kib(const char *field) {
  char path[64], line[256];
  long value = -1;
  snprintf(path, sizeof path, "/proc/%d/status", (int)settings.server);
  FILE *const file = settings.server != 0 ? fopen(path, "r") : NULL;
  if (file == NULL) return -1;
  const size_t length = strlen(field);
  while (fgets(line, sizeof line, file))
    if (!strncmp(line, field, length) && line[length] == ':') value = atol(line + length + 1);
  fclose(file);
  return value;
}
