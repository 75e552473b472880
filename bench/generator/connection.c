/* Sockets, and what goes out on them. What is sent when is the scenario's to say. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

struct connection *connections;
uint32_t connection_count, open_count, busy_count, times_size;
int poller;

static void watch_output(struct connection *connection, bool wanted) {
  if (connection->watches_output == wanted) return;
  struct epoll_event event = {.events = EPOLLIN | (wanted ? EPOLLOUT : 0u), .data.ptr = connection};
  epoll_ctl(poller, EPOLL_CTL_MOD, connection->fd, &event);
  connection->watches_output = wanted;
}

void drop(struct connection *connection) {
  if (connection->stage == STAGE_NONE) return;
  if (connection->stage >= STAGE_OPEN) open_count--;
  busy_count--;
  close(connection->fd);
  free(connection->queued);
  connection->queued = NULL;
  connection->stage = STAGE_NONE;
}

void fail(struct connection *connection, const char *why) {
  if (failure_count++ < 5)
    fprintf(stderr, "load: connection %u, after %llu messages: %s\n", connection->index, (unsigned long long)connection->received, why);
  drop(connection);
}

static void bind_to_source(int fd) {
  const int on = 1;
  const uint32_t host = 0x7F000002u + (uint32_t)(random_bits() >> 33) % settings.sources;
  const struct sockaddr_in source = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(host)};
  /* Otherwise the port is taken at once, from a range that all destinations share. */
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (bind(fd, (const struct sockaddr *)&source, sizeof source) < 0) give_up("bind: %s", strerror(errno));
}

/* Starts a connection, or starts it anew: what it has allocated is kept. */
void open_connection(struct connection *connection) {
  const struct connection old = *connection;
  *connection = (struct connection){
    .index = old.index, .times = old.times, .gathered = old.gathered, .gathered_capacity = old.gathered_capacity, .inflater = old.inflater, .stage = STAGE_CONNECTING, .watches_output = true,
  };
  forget_history(connection);
  if (settings.mode != MODE_FANOUT) connection->next_out = connection->next_in = old.index % payloads.count;
  const int fd = connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
  if (fd < 0) give_up("socket: %s", strerror(errno));
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (settings.sources > 0) bind_to_source(fd);
  busy_count++;
  connection->started = nanoseconds();
  const bool elsewhere = settings.mode == MODE_FANOUT && connection->index == 0 && settings.publisher_port != 0;
  const int port = elsewhere ? settings.publisher_port : settings.port;
  const struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(fd, (const struct sockaddr *)&server, sizeof server) < 0 && errno != EINPROGRESS) {
    fail(connection, "could not connect");
    return;
  }
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = connection};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) < 0) give_up("epoll_ctl: %s", strerror(errno));
}

static void queue_bytes(struct connection *connection, const void *bytes, size_t length) {
  connection->queued = realloc(connection->queued, connection->queued_length + length);
  if (connection->queued == NULL) give_up("out of memory");
  memcpy(connection->queued + connection->queued_length, bytes, length);
  connection->queued_length += length;
}

void queue_frame(struct connection *connection, int opcode, const void *payload, size_t length) {
  uint8_t frame[1024];
  if (length > sizeof frame - 14) give_up("a greeting must be shorter");
  queue_bytes(connection, frame, write_frame(frame, 0x80 | opcode, payload, length));
}

/* Takes `count` messages into the queue; `time` is what their latency is measured from. */
void commit(struct connection *connection, uint32_t count, uint64_t time) {
  connection->committed += count;
  connection->in_flight += count;
  if (connection->times == NULL) return;
  for (; count > 0; count--) connection->times[connection->times_head++ % times_size] = time;
}

static bool send_queued(struct connection *connection) {
  const ssize_t sent = send(connection->fd, connection->queued + connection->queued_sent, connection->queued_length - connection->queued_sent, MSG_NOSIGNAL);
  if (sent < 0) return false;
  connection->queued_sent += (size_t)sent;
  if (connection->queued_sent == connection->queued_length) {
    free(connection->queued);
    connection->queued = NULL;
    connection->queued_length = connection->queued_sent = 0;
  }
  return true;
}

static bool send_messages(struct connection *connection) {
  /* A frame that is begun ends before anything else goes out. */
  uint32_t run = connection->queued != NULL ? 1 : connection->committed;
  const uint32_t first = connection->next_out;
  if (run > payloads.count - first) run = payloads.count - first;
  const size_t start = payloads.offsets[first] + connection->partial;
  const ssize_t sent = send(connection->fd, payloads.frames + start, payloads.offsets[first + run] - start, MSG_NOSIGNAL);
  if (sent < 0) return false;
  const size_t end = start + (size_t)sent;
  uint32_t next = first;
  while (next < first + run && payloads.offsets[next + 1] <= end) next++;
  connection->committed -= next - first;
  connection->partial = end - payloads.offsets[next];
  connection->next_out = next == payloads.count ? 0 : next;
  return true;
}

/* Writes until there is nothing left or the system takes no more. */
void flush(struct connection *connection) {
  for (;;) {
    bool sent;
    if (connection->queued != NULL && connection->partial == 0) sent = send_queued(connection);
    else if (connection->committed > 0 && connection->stage >= STAGE_OPEN) sent = send_messages(connection);
    else break;
    if (sent) continue;
    if (errno == EAGAIN) watch_output(connection, true);
    /* A server may be gone when it has answered the Close frame. */
    else if (connection->stage != STAGE_CLOSING) fail(connection, "could not send");
    return;
  }
  watch_output(connection, false);
}

void start_closing(struct connection *connection) {
  static const uint8_t normal[2] = {1000 >> 8, 1000 & 255};
  if (connection->stage != STAGE_OPEN) return;
  connection->stage = STAGE_CLOSING;
  queue_frame(connection, 8, normal, sizeof normal);
  flush(connection);
}

static void greet(struct connection *connection) {
  const bool publisher = settings.mode == MODE_FANOUT && connection->index == 0;
  connection->gathered_length = 0;
  if (settings.hello == NULL || publisher) {
    connection->stage = STAGE_OPEN;
    open_count++;
    when_open(connection);
    return;
  }
  connection->stage = STAGE_GREETING;
  queue_frame(connection, 1, settings.hello, strlen(settings.hello));
  flush(connection);
}

static void connected(struct connection *connection) {
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0) {
    fail(connection, "could not connect");
    return;
  }
  if (settings.raw) {
    watch_output(connection, false);
    greet(connection);
    return;
  }
  const bool publisher = settings.mode == MODE_FANOUT && connection->index == 0 && settings.publisher_path != NULL;
  char *const request = handshake_request(connection, publisher ? settings.publisher_path : settings.path);
  queue_bytes(connection, request, strlen(request));
  free(request);
  connection->stage = STAGE_HANDSHAKE;
  flush(connection);
}

/* Takes the answer to the handshake; returns how many of the bytes belonged to it, when it is complete. */
static size_t receive_answer(struct connection *connection, const uint8_t *bytes, size_t length) {
  const size_t before = connection->gathered_length;
  gather(connection, bytes, length);
  gather(connection, (const uint8_t *)"", 1);
  connection->gathered_length--;
  char *const answer = (char *)connection->gathered, *const end = strstr(answer, "\r\n\r\n");
  if (end == NULL) {
    if (connection->gathered_length > 16384) fail(connection, "the answer to the handshake has no end");
    return length;
  }
  end[2] = 0;
  if (!handshake_accepts(connection, answer)) {
    fail(connection, "the handshake was refused or the accept key is wrong");
    return length;
  }
  const size_t used = (size_t)(end + 4 - answer) - before;
  greet(connection);
  return used;
}

static void ended(struct connection *connection) {
  if (connection->stage == STAGE_CLOSING && connection->got_close) {
    drop(connection);
    when_cycle(connection);
  } else {
    fail(connection, "the connection was cut");
  }
}

void on_event(struct connection *connection, uint32_t events) {
  static uint8_t buffer[1 << 20];
  if (connection->stage == STAGE_CONNECTING) {
    if (events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) connected(connection);
    return;
  }
  if (events & EPOLLOUT) flush(connection);
  if (connection->stage == STAGE_NONE || !(events & (EPOLLIN | EPOLLERR | EPOLLHUP))) return;
  const ssize_t length = recv(connection->fd, buffer, sizeof buffer, 0);
  now = nanoseconds();
  if (length < 0 && errno == EAGAIN) return;
  if (length <= 0) {
    ended(connection);
    return;
  }
  bytes_in += (uint64_t)length;
  size_t used = 0;
  if (connection->stage == STAGE_HANDSHAKE) used = receive_answer(connection, buffer, (size_t)length);
  if (used < (size_t)length && connection->stage > STAGE_HANDSHAKE) receive(connection, buffer + used, (size_t)length - used);
  if (connection->stage != STAGE_NONE) kick(connection);
}
