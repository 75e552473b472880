/*
 * A WebSocket load generator for the loopback: opens connections, warms up, measures for a while, lets what is under
 * way come back, listens for what must not come, and prints one line of JSON.
 *
 *   cc -O2 -o load *.c -lz && ./load mode=echo port=8080 connections=64 bytes=20 depth=16 kind=ascii pid=4711
 *
 * Exit status: 0 when all was well, 1 for a mistake of the caller or the system, 2 when the server answered wrongly.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

enum phase { PHASE_SETTLING, PHASE_OPENING, PHASE_WARMUP, PHASE_MEASURING, PHASE_DRAINING, PHASE_LISTENING, PHASE_HOLDING, PHASE_COLLECTING, PHASE_DONE };

static const double opening_limit = 120, stall_limit = 8, drain_limit = 4, listening_time = 0.03, collecting_time = 1;
static const uint32_t opening_at_once = 128;

uint64_t now;
static enum phase phase;
static uint64_t phase_start;
static struct snapshot before, after;
static uint64_t cycles_before, cycles_after;
static long rss_before, rss_open, rss_collected = -1;
static bool stalled, lost;
static double cpu_at_start;

uint64_t nanoseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000ull + (uint64_t)time.tv_nsec;
}

/* splitmix64 */
uint64_t random_bits(void) {
  static uint64_t state;
  if (state == 0) state = nanoseconds() ^ (uint64_t)getpid() << 40;
  uint64_t bits = state += 0x9E3779B97F4A7C15ull;
  bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9ull;
  bits = (bits ^ bits >> 27) * 0x94D049BB133111EBull;
  return bits ^ bits >> 31;
}

void give_up(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("load: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(1);
}

void *allocate(size_t length) {
  void *const memory = calloc(1, length);
  if (memory == NULL) give_up("out of memory");
  return memory;
}

static double in_phase(void) { return (double)(now - phase_start) / 1e9; }

static void enter(enum phase next) {
  phase = next;
  phase_start = nanoseconds();
}

static void make_connections(void) {
  connection_count = settings.connections + (settings.mode == MODE_FANOUT ? 1 : 0);
  times_size = settings.rate > 0 ? 4096 : settings.depth;
  connections = allocate(sizeof *connections * connection_count);
  for (uint32_t index = 0; index < connection_count; index++) {
    connections[index].index = index;
    if (settings.mode == MODE_ECHO && index < settings.active) connections[index].times = allocate(sizeof(uint64_t) * times_size);
  }
}

static void all_open(void) {
  if (settings.mode == MODE_IDLE) {
    rss_open = memory_kib("VmRSS");
    before = take_snapshot();
    enter(PHASE_HOLDING);
    return;
  }
  enter(PHASE_WARMUP);
  cpu_at_start = server_seconds();
  sending = true;
  if (settings.mode != MODE_CONNECT) kick_all();
}

static void open_more(void) {
  static uint32_t opened;
  const uint32_t at_once = settings.mode == MODE_CONNECT ? connection_count : opening_at_once;
  sending = settings.mode == MODE_CONNECT;
  while (opened < connection_count && busy_count - open_count < at_once && failure_count == 0) open_connection(&connections[opened++]);
  if (failure_count > 0) enter(PHASE_DONE);
  else if (opened == connection_count && (open_count == connection_count || settings.mode == MODE_CONNECT)) all_open();
  else if (in_phase() > opening_limit) {
    stalled = true;
    enter(PHASE_DONE);
  }
}

static void start_measuring(void) {
  before = take_snapshot();
  cycles_before = cycle_count;
  measuring = true;
  enter(PHASE_MEASURING);
}

static void stop_measuring(void) {
  after = take_snapshot();
  cycles_after = cycle_count;
  measuring = sending = false;
  enter(PHASE_DRAINING);
}

/* On a machine that others use, time passes without the server getting any. */
static bool warm(void) {
  if (in_phase() < settings.warmup) return false;
  return server_seconds() - cpu_at_start >= settings.warm_cpu || in_phase() >= 4 * settings.warmup;
}

static void watch_progress(void) {
  static uint64_t seen, seen_at;
  if (bytes_in != seen || seen_at == 0) {
    seen = bytes_in;
    seen_at = now;
  } else if ((double)(now - seen_at) / 1e9 > stall_limit) {
    stalled = true;
    enter(PHASE_DONE);
  }
  if (failure_count > 0) enter(PHASE_DONE);
}

static void hold(void) {
  if (failure_count > 0) enter(PHASE_DONE);
  if (in_phase() < settings.hold) return;
  if (unanswered() > 0) {
    if (in_phase() > settings.hold + drain_limit) lost = true, enter(PHASE_DONE);
    return;
  }
  rss_open = memory_kib("VmRSS");
  after = take_snapshot();
  if (settings.collect) kill(settings.server, SIGUSR2);
  enter(settings.collect ? PHASE_COLLECTING : PHASE_DONE);
}

static void step(void) {
  switch (phase) {
    case PHASE_SETTLING:
      if (in_phase() < collecting_time) break;
      rss_before = memory_kib("VmRSS");
      enter(PHASE_OPENING);
      break;
    case PHASE_OPENING: open_more(); break;
    case PHASE_WARMUP:
      if (warm()) start_measuring();
      else watch_progress();
      break;
    case PHASE_MEASURING:
      if (in_phase() >= settings.seconds) stop_measuring();
      else watch_progress();
      break;
    case PHASE_DRAINING:
      if (unanswered() == 0) enter(PHASE_LISTENING);
      else if (in_phase() > drain_limit) lost = true, enter(PHASE_DONE);
      break;
    case PHASE_LISTENING:
      if (in_phase() > listening_time) enter(PHASE_DONE);
      break;
    case PHASE_HOLDING: hold(); break;
    case PHASE_COLLECTING:
      if (in_phase() < collecting_time) break;
      rss_collected = memory_kib("VmRSS");
      enter(PHASE_DONE);
      break;
    case PHASE_DONE: break;
  }
  if (settings.rate > 0 && sending) run_schedule(settings.rate);
}

static void wait_and_serve(void) {
  static struct epoll_event events[512];
  const bool waiting = phase == PHASE_SETTLING || phase == PHASE_HOLDING || phase == PHASE_COLLECTING;
  const int timeout = waiting ? 5 : settings.busy || settings.rate > 0 ? 0 : 1;
  const int count = epoll_wait(poller, events, 512, timeout);
  const uint64_t start = now = nanoseconds();
  for (int index = 0; index < count; index++) {
    struct connection *const connection = events[index].data.ptr;
    if (connection->stage != STAGE_NONE) on_event(connection, events[index].events);
  }
  if (count > 0) work_time += nanoseconds() - start;
}

static void print_result(void) {
  const double seconds = (double)(after.time - before.time) / 1e9, server = after.server - before.server, own = after.own - before.own;
  const double user = after.server_user - before.server_user, both = user + after.server_system - before.server_system;
  const uint64_t count = settings.mode == MODE_CONNECT ? cycles_after - cycles_before : message_count;
  printf("{\"seconds\":%.4f,\"count\":%llu,\"perSecond\":%.2f,", seconds, (unsigned long long)count, seconds > 0 ? (double)count / seconds : 0);
  printf("\"serverCpuUs\":%.4f,\"serverUserShare\":%.3f,\"serverUtilization\":%.4f,", count > 0 ? server * 1e6 / (double)count : 0, both > 0 ? user / both : 0, seconds > 0 ? server / seconds : 0);
  printf("\"generatorWork\":%.4f,", seconds > 0 ? (double)(after.work - before.work) / 1e9 / seconds : 0);
  printf("\"othersCpu\":%.3f,\"stolen\":%.3f,", seconds > 0 ? (after.machine - before.machine - server - own) / seconds : 0, seconds > 0 ? (after.stolen - before.stolen) / seconds : 0);
  printf("\"p50Us\":%.2f,\"p99Us\":%.2f,\"meanUs\":%.2f,\"maxUs\":%.2f,", latency_quantile(.5), latency_quantile(.99), latency_mean(), latency_most());
  printf("\"rssBeforeKib\":%ld,\"rssOpenKib\":%ld,\"rssCollectedKib\":%ld,", rss_before, rss_open, rss_collected);
  printf("\"checked\":%llu,\"behind\":%llu,\"failures\":%llu,\"stalled\":%s,\"lost\":%s,\"extension\":\"%s\"}\n", (unsigned long long)checked_count, (unsigned long long)behind_count,
         (unsigned long long)failure_count, stalled ? "true" : "false", lost ? "true" : "false", extension);
}

int main(int count, char **arguments) {
  read_settings(count, arguments);
  signal(SIGPIPE, SIG_IGN);
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < settings.connections + 32) give_up("%u connections need more open files than the limit of %llu", settings.connections, (unsigned long long)limit.rlim_cur);
  make_payloads();
  make_connections();
  poller = epoll_create1(EPOLL_CLOEXEC);
  if (poller < 0) give_up("epoll_create1");
  if (settings.collect) kill(settings.server, SIGUSR2);
  enter(settings.mode == MODE_IDLE ? PHASE_SETTLING : PHASE_OPENING);
  while (phase != PHASE_DONE) {
    now = nanoseconds();
    step();
    wait_and_serve();
  }
  if (after.time == 0) after = take_snapshot();
  print_result();
  return failure_count > 0 || stalled || lost ? 2 : 0;
}
