/*
 * A device that speaks plain WebSocket in C, with the sockets of POSIX alone: it sends one reading, prints the next message
 * that comes, and says goodbye.
 *
 *     npm start, then: cc -o device examples/plain-device/device.c && ./device localhost 8080 /echo
 *
 * It does not check Sec-WebSocket-Accept, because SHA-1 is longer than all of this; a device that meets servers other than its own
 * should. RFC 6455 is named where it is followed.
 */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int line;

static void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

static void write_all(const void *bytes, size_t size) {
  const char *at = bytes;
  while (size > 0) {
    ssize_t written = write(line, at, size);
    if (written <= 0) fail("the line is down");
    at += written;
    size -= (size_t)written;
  }
}

static void read_all(void *bytes, size_t size) {
  char *at = bytes;
  while (size > 0) {
    ssize_t got = read(line, at, size);
    if (got <= 0) fail("the server hung up");
    at += got;
    size -= (size_t)got;
  }
}

static void dial(const char *host, const char *port) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
  if (getaddrinfo(host, port, &hints, &found) != 0) fail("no such host");
  for (struct addrinfo *one = found; one != NULL; one = one->ai_next) {
    line = socket(one->ai_family, one->ai_socktype, one->ai_protocol);
    if (line >= 0 && connect(line, one->ai_addr, one->ai_addrlen) == 0) return freeaddrinfo(found);
    if (line >= 0) close(line);
  }
  fail("nobody answers");
}

/* The opening handshake (4.1). The key should be random; here it is the one of the RFC's example. */
static void shake_hands(const char *host, const char *port, const char *path) {
  char text[1024], end[4] = {0};
  int size = snprintf(text, sizeof text,
                      "GET %s HTTP/1.1\r\nHost: %s:%s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                      path, host, port);
  if (size < 0 || (size_t)size >= sizeof text) fail("the address is too long");
  write_all(text, (size_t)size);
  read_all(text, 12);
  if (memcmp(text, "HTTP/1.1 101", 12) != 0) fail("the server does not want to");
  while (memcmp(end, "\r\n\r\n", 4) != 0) {
    memmove(end, end + 1, 3);
    read_all(end + 3, 1);
  }
}

/* One frame, masked as clients have to (5.3), of up to 125 bytes. */
static void send_frame(unsigned char opcode, const char *payload, size_t size) {
  unsigned char bytes[131] = {0x80 | opcode, 0x80 | (unsigned char)size};
  for (int at = 2; at < 6; at++) bytes[at] = (unsigned char)rand();
  for (size_t at = 0; at < size; at++) bytes[6 + at] = (unsigned char)payload[at] ^ bytes[2 + at % 4];
  write_all(bytes, size + 6);
}

/* The next frame (5.2) with at most 125 bytes: its opcode, and its payload as text. */
static unsigned char receive_frame(char *payload) {
  unsigned char head[2];
  read_all(head, 2);
  if (head[1] > 125) fail("a frame longer than this device wants");
  read_all(payload, head[1]);
  payload[head[1]] = '\0';
  return head[0] & 0x0f;
}

int main(int count, char **words) {
  if (count != 4) fail("usage: device HOST PORT PATH");
  char payload[126];
  srand((unsigned)getpid());
  dial(words[1], words[2]);
  shake_hands(words[1], words[2], words[3]);
  const char *reading = "{\"celsius\": 21}";
  send_frame(1, reading, strlen(reading));
  for (unsigned char opcode; (opcode = receive_frame(payload)) != 1;) {
    if (opcode == 9) send_frame(10, payload, strlen(payload)); /* a pong for a ping (5.5.3) */
    if (opcode == 8) fail("the server said goodbye");
  }
  printf("%s\n", payload);
  send_frame(8, "\x03\xe8", 2); /* 1000: done (7.4.1) */
  while (receive_frame(payload) != 8) {
  }
  return close(line);
}
