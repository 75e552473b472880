/* The opening handshake of a client (RFC 6455 §4.1), SHA-1 (RFC 3174) and base64 (RFC 4648) included. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "load.h"

char extension[128];
bool takeover;

static uint32_t rotate(uint32_t value, int by) { return value << by | value >> (32 - by); }

static void sha1_block(uint32_t state[5], const uint8_t *block) {
  uint32_t words[80];
  for (int at = 0; at < 16; at++) words[at] = (uint32_t)block[4 * at] << 24 | (uint32_t)block[4 * at + 1] << 16 | (uint32_t)block[4 * at + 2] << 8 | block[4 * at + 3];
  for (int at = 16; at < 80; at++) words[at] = rotate(words[at - 3] ^ words[at - 8] ^ words[at - 14] ^ words[at - 16], 1);
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
  for (int at = 0; at < 80; at++) {
    uint32_t mixed;
    if (at < 20) mixed = ((b & c) | (~b & d)) + 0x5A827999;
    else if (at < 40) mixed = (b ^ c ^ d) + 0x6ED9EBA1;
    else if (at < 60) mixed = ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDC;
    else mixed = (b ^ c ^ d) + 0xCA62C1D6;
    const uint32_t next = rotate(a, 5) + mixed + e + words[at];
    e = d, d = c, c = rotate(b, 30), b = a, a = next;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e;
}

/* Of 60 bytes, which is what the accept key takes: two blocks. */
static void sha1_of_60(const uint8_t *bytes, uint8_t digest[20]) {
  uint32_t state[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  uint8_t padded[128] = {0};
  memcpy(padded, bytes, 60);
  padded[60] = 0x80;
  padded[126] = 480 >> 8;
  padded[127] = 480 & 255;
  sha1_block(state, padded);
  sha1_block(state, padded + 64);
  for (int at = 0; at < 20; at++) digest[at] = (uint8_t)(state[at / 4] >> (24 - 8 * (at % 4)));
}

static void base64(const uint8_t *bytes, size_t length, char *out) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t at = 0; at < length; at += 3) {
    const size_t left = length - at;
    const uint32_t group = (uint32_t)bytes[at] << 16 | (left > 1 ? (uint32_t)bytes[at + 1] << 8 : 0) | (left > 2 ? bytes[at + 2] : 0);
    *out++ = digits[group >> 18];
    *out++ = digits[group >> 12 & 63];
    *out++ = left > 1 ? digits[group >> 6 & 63] : '=';
    *out++ = left > 2 ? digits[group & 63] : '=';
  }
  *out = 0;
}

/* The request, to be freed by the caller; what must be answered is kept in the connection. */
char *handshake_request(struct connection *connection, const char *path) {
  static const char *const offers[] = {
    "",
    "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; server_no_context_takeover\r\n",
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n",
  };
  uint8_t nonce[16], digest[20];
  char key[64], *request;
  for (int at = 0; at < 16; at++) nonce[at] = (uint8_t)(random_bits() >> 40);
  base64(nonce, 16, key);
  memcpy(key + 24, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", 36);
  sha1_of_60((const uint8_t *)key, digest);
  base64(digest, 20, connection->accept);
  const int length = asprintf(&request,
                              "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %.24s\r\n%s\r\n",
                              path, settings.port, key, offers[settings.offer]);
  if (length < 0) give_up("out of memory");
  return request;
}

/* The value of a header field, or NULL; `name` with CRLF before and colon behind. */
static const char *field(const char *response, const char *name) {
  const char *const found = strcasestr(response, name);
  if (found == NULL) return NULL;
  const char *value = found + strlen(name);
  while (*value == ' ') value++;
  return value;
}

bool handshake_accepts(struct connection *connection, const char *response) {
  const char *const accept = field(response, "\r\nSec-WebSocket-Accept:");
  if (strncmp(response, "HTTP/1.1 101", 12) || accept == NULL || strncmp(accept, connection->accept, 28)) return false;
  const char *const answer = field(response, "\r\nSec-WebSocket-Extensions:");
  if (answer == NULL) return settings.offer == OFFER_NONE;
  snprintf(extension, sizeof extension, "%.*s", (int)strcspn(answer, "\r"), answer);
  takeover = strstr(extension, "server_no_context_takeover") == NULL;
  return settings.offer != OFFER_NONE;
}
