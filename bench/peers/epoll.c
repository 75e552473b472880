/*
 * The floor for the machine: bytes go back as they come, one epoll_wait, one read and one write per turn and connection,
 * from one thread, without any protocol. What a socket does not take at once is kept, and nothing more is read until it has gone.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

struct connection {
  int fd;
  uint8_t *rest;
  size_t rest_length, rest_sent;
};

static uint8_t buffer[1 << 18];
static int poller;

static void stop(const char *what) {
  perror(what);
  exit(1);
}

static void watch(struct connection *connection, int operation, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = connection};
  if (epoll_ctl(poller, operation, connection->fd, &event) < 0) stop("epoll_ctl");
}

static void end(struct connection *connection) {
  close(connection->fd);
  free(connection->rest);
  free(connection);
}

static void take_connection(int listener) {
  const int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), on = 1;
  if (fd < 0) return;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct connection *const connection = calloc(1, sizeof *connection);
  if (connection == NULL) stop("calloc");
  connection->fd = fd;
  watch(connection, EPOLL_CTL_ADD, EPOLLIN);
}

static void keep_rest(struct connection *connection, const uint8_t *bytes, size_t length) {
  connection->rest = malloc(length);
  if (connection->rest == NULL) stop("malloc");
  memcpy(connection->rest, bytes, length);
  connection->rest_length = length;
  connection->rest_sent = 0;
  watch(connection, EPOLL_CTL_MOD, EPOLLOUT);
}

static void echo(struct connection *connection) {
  const ssize_t length = recv(connection->fd, buffer, sizeof buffer, 0);
  if (length < 0 && errno == EAGAIN) return;
  if (length <= 0) {
    end(connection);
    return;
  }
  const ssize_t sent = send(connection->fd, buffer, (size_t)length, MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN) end(connection);
  else if (sent < length) keep_rest(connection, buffer + (sent > 0 ? sent : 0), (size_t)(length - (sent > 0 ? sent : 0)));
}

static void send_rest(struct connection *connection) {
  const ssize_t sent = send(connection->fd, connection->rest + connection->rest_sent, connection->rest_length - connection->rest_sent, MSG_NOSIGNAL);
  if (sent < 0) {
    if (errno != EAGAIN) end(connection);
    return;
  }
  connection->rest_sent += (size_t)sent;
  if (connection->rest_sent < connection->rest_length) return;
  free(connection->rest);
  connection->rest = NULL;
  watch(connection, EPOLL_CTL_MOD, EPOLLIN);
}

int main(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  signal(SIGUSR2, SIG_IGN);
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 1024) < 0) stop("listen");
  getsockname(listener, (struct sockaddr *)&address, &length);
  poller = epoll_create1(EPOLL_CLOEXEC);
  struct connection doors[2] = {{.fd = listener}, {.fd = STDIN_FILENO}};
  watch(&doors[0], EPOLL_CTL_ADD, EPOLLIN);
  watch(&doors[1], EPOLL_CTL_ADD, EPOLLIN);
  printf("{\"port\":%d,\"pid\":%d}\n", ntohs(address.sin_port), (int)getpid());
  fflush(stdout);
  for (;;) {
    struct epoll_event events[256];
    const int count = epoll_wait(poller, events, 256, -1);
    for (int index = 0; index < count; index++) {
      struct connection *const connection = events[index].data.ptr;
      if (connection == &doors[1]) return 0; /* whoever started this has gone */
      if (connection == &doors[0]) take_connection(listener);
      else if (events[index].events & EPOLLOUT) send_rest(connection);
      else echo(connection);
    }
  }
}
