/*
 * What the parts of the load generator know of each other. One thread, epoll, libc and zlib; everything here lives as
 * long as the process, so nothing is freed but what one connection holds while it is open.
 */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum mode { MODE_ECHO, MODE_FANOUT, MODE_CONNECT, MODE_IDLE };
/* What is offered in the handshake: nothing, compression without context takeover, or what browsers offer. */
enum offer { OFFER_NONE, OFFER_FRESH, OFFER_BROWSER };
enum kind { KIND_BINARY, KIND_ASCII, KIND_UTF8, KIND_JSON };

struct settings {
  enum mode mode;
  enum offer offer;
  enum kind kind;
  int port;
  pid_t server;             /* whose CPU time and memory are read; 0 for nobody's */
  const char *path;
  const char *publisher_path; /* fanout: where the publisher connects, when not at `path` */
  int publisher_port;       /* fanout: and on which port, when not on `port` */
  const char *hello;        /* a text that each receiver sends first */
  const char *welcome;      /* fanout: a receiver is ready when a message contains this */
  bool pong;                /* with a greeting: the ping of the server's protocol, {}, is answered alike */
  uint32_t connections;
  uint32_t active;          /* echo: how many of the connections send */
  uint32_t depth;           /* messages in flight, per connection (echo) or in all (fanout) */
  size_t bytes;
  double seconds, warmup, hold;
  double warm_cpu;          /* the warm-up goes on until the server has used so much CPU time, or takes four times as long */
  double rate;              /* messages per second over all connections; 0 for as fast as the depth allows */
  bool raw;                 /* no handshake: the server echoes bytes */
  bool busy;                /* poll instead of sleeping */
  bool touch;               /* idle: one message is echoed on each connection */
  bool collect;             /* idle: SIGUSR2 asks the server for a garbage collection */
  uint32_t sources;         /* spread over so many addresses 127.0.0.x, from .2 on; 0 for the system's choice */
  uint32_t check_every;     /* every n-th message is compared whole, the others by length and first bytes */
};
extern struct settings settings;

enum stage { STAGE_NONE, STAGE_CONNECTING, STAGE_HANDSHAKE, STAGE_GREETING, STAGE_OPEN, STAGE_CLOSING };

struct connection {
  int fd;
  uint32_t index;
  enum stage stage;
  bool watches_output;
  uint64_t started;         /* when connect() was called */

  /* going out */
  char *queued;             /* handshake, greeting and control frames; goes before messages, never inside one */
  size_t queued_length, queued_sent;
  uint32_t next_out;        /* payload of the next message */
  size_t partial;           /* bytes of it that are gone already */
  uint32_t committed;       /* messages decided on and not wholly sent */
  uint32_t in_flight;       /* messages decided on and not answered */

  /* coming in */
  uint8_t header[14];
  uint8_t header_length;
  bool in_payload, final, in_message, compressed, whole_check, got_close;
  uint8_t opcode, message_opcode;
  uint64_t frame_left, message_length;
  uint32_t next_in;         /* payload that the next message must have */
  uint64_t received;        /* messages */
  uint8_t *gathered;        /* what must be seen whole: a handshake, a compressed message, a control frame */
  size_t gathered_length, gathered_capacity;
  void *inflater;
  char accept[29];

  uint64_t *times;          /* when messages in flight were sent or due, a ring of `times_size` */
  uint32_t times_head, times_tail;
};

/* clock and failures (load.c) */
uint64_t nanoseconds(void);
uint64_t random_bits(void);
void *allocate(size_t length);
_Noreturn void give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));
extern uint64_t now;

/* settings.c */
void read_settings(int count, char **arguments);

/* payloads.c: the messages, each framed and masked with a key of its own, all in one buffer */
struct payloads {
  uint32_t count;
  uint8_t **plain;
  uint8_t *frames;
  size_t *offsets;
};
extern struct payloads payloads;
void make_payloads(void);
size_t write_frame(uint8_t *out, int first_byte, const uint8_t *payload, size_t length);

/* handshake.c */
char *handshake_request(struct connection *connection, const char *path);
bool handshake_accepts(struct connection *connection, const char *response);
extern char extension[128]; /* what the last server answered */
extern bool takeover;       /* whether it compresses with context takeover */

/* connection.c: sockets and what goes out */
extern struct connection *connections;
extern uint32_t connection_count, open_count, busy_count;
extern uint32_t times_size;
extern int poller;
void open_connection(struct connection *connection);
void drop(struct connection *connection);
void fail(struct connection *connection, const char *why);
void flush(struct connection *connection);
void commit(struct connection *connection, uint32_t count, uint64_t time);
void queue_frame(struct connection *connection, int opcode, const void *payload, size_t length);
void start_closing(struct connection *connection);
void on_event(struct connection *connection, uint32_t events);

/* receive.c: what comes in */
void receive(struct connection *connection, const uint8_t *bytes, size_t length);
void gather(struct connection *connection, const uint8_t *bytes, size_t length);
void forget_history(struct connection *connection);

/* scenario.c: what a mode does when something happens */
void when_open(struct connection *connection);
void when_message(struct connection *connection);
void when_cycle(struct connection *connection);
bool may_send(void);
uint64_t unanswered(void);
void kick(struct connection *connection);
void kick_all(void);
void run_schedule(double until_rate);
extern bool sending, measuring;
extern uint64_t message_count, cycle_count, behind_count, checked_count, failure_count;
extern uint64_t bytes_in;

/* latency.c */
void latency_add(uint64_t value);
double latency_quantile(double quantile);
double latency_mean(void), latency_most(void);

/* process.c: what the system knows about the server, this process and the machine */
struct snapshot {
  uint64_t time;
  double server, server_user, server_system, own, machine, stolen;
  uint64_t work;
};
extern uint64_t work_time;
struct snapshot take_snapshot(void);
double server_seconds(void);
long memory_kib(const char *field);

#endif
