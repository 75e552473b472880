/* The command line: name=value, each name once, the names those of the TypeScript generator as well. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

struct settings settings = {
  .path = "/", .connections = 1, .active = 0, .depth = 1, .bytes = 20, .seconds = 1, .warmup = 0.5, .hold = 1, .check_every = 8,
};

static int choice(const char *value, const char *const *names) {
  for (int index = 0; names[index] != NULL; index++)
    if (!strcmp(value, names[index])) return index;
  give_up("unknown value %s", value);
}

static void set(const char *name, const char *value) {
  static const char *const modes[] = {"echo", "fanout", "connect", "idle", NULL};
  static const char *const offers[] = {"none", "fresh", "browser", NULL};
  static const char *const kinds[] = {"binary", "ascii", "utf8", "json", NULL};
  const double number = atof(value);
  if (!strcmp(name, "mode")) settings.mode = (enum mode)choice(value, modes);
  else if (!strcmp(name, "deflate")) settings.offer = (enum offer)choice(value, offers);
  else if (!strcmp(name, "kind")) settings.kind = (enum kind)choice(value, kinds);
  else if (!strcmp(name, "port")) settings.port = (int)number;
  else if (!strcmp(name, "pid")) settings.server = (pid_t)number;
  else if (!strcmp(name, "path")) settings.path = value;
  else if (!strcmp(name, "publisherPath")) settings.publisher_path = value;
  else if (!strcmp(name, "publisherPort")) settings.publisher_port = (int)number;
  else if (!strcmp(name, "hello")) settings.hello = value;
  else if (!strcmp(name, "welcome")) settings.welcome = value;
  else if (!strcmp(name, "connections")) settings.connections = (uint32_t)number;
  else if (!strcmp(name, "active")) settings.active = (uint32_t)number;
  else if (!strcmp(name, "depth")) settings.depth = (uint32_t)number;
  else if (!strcmp(name, "bytes")) settings.bytes = (size_t)number;
  else if (!strcmp(name, "seconds")) settings.seconds = number;
  else if (!strcmp(name, "warmup")) settings.warmup = number;
  else if (!strcmp(name, "warmCpu")) settings.warm_cpu = number;
  else if (!strcmp(name, "hold")) settings.hold = number;
  else if (!strcmp(name, "rate")) settings.rate = number;
  else if (!strcmp(name, "raw")) settings.raw = number != 0;
  else if (!strcmp(name, "busy")) settings.busy = number != 0;
  else if (!strcmp(name, "touch")) settings.touch = number != 0;
  else if (!strcmp(name, "pong")) settings.pong = number != 0;
  else if (!strcmp(name, "collect")) settings.collect = number != 0;
  else if (!strcmp(name, "sources")) settings.sources = (uint32_t)number;
  else if (!strcmp(name, "checkEvery")) settings.check_every = (uint32_t)number;
  else give_up("unknown setting %s", name);
}

void read_settings(int count, char **arguments) {
  for (int index = 1; index < count; index++) {
    char *const equals = strchr(arguments[index], '=');
    if (equals == NULL) give_up("usage: load name=value ..., for example mode=echo port=8080 connections=64");
    *equals = 0;
    set(arguments[index], equals + 1);
  }
  if (settings.port == 0 || settings.connections == 0 || settings.depth == 0 || settings.bytes < 8 || settings.check_every == 0)
    give_up("port, connections, depth, checkEvery must be positive, bytes at least 8");
  if (settings.active == 0 || settings.active > settings.connections) settings.active = settings.connections;
  if (settings.raw && settings.mode != MODE_ECHO) give_up("raw=1 is for mode=echo");
}
