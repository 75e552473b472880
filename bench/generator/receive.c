/*
 * What comes in: frames of a server (RFC 6455 §5.2), which are unmasked, and messages, each compared with the payload
 * whose turn it is. Every message is compared by length and first bytes, every n-th whole.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "load.h"

enum { FIRST_BYTES = 8 };

void gather(struct connection *connection, const uint8_t *bytes, size_t length) {
  /* Room for the four bytes that a compressed message lacks. */
  const size_t needed = connection->gathered_length + length + 8;
  if (needed > connection->gathered_capacity) {
    connection->gathered_capacity = needed * 2;
    connection->gathered = realloc(connection->gathered, connection->gathered_capacity);
    if (connection->gathered == NULL) give_up("out of memory");
  }
  if (length > 0) memcpy(connection->gathered + connection->gathered_length, bytes, length);
  connection->gathered_length += length;
}

/* Whether a gathered message must be seen whole: texts around payloads, and compressed messages. */
static bool gathers(const struct connection *connection) { return settings.hello != NULL || connection->compressed; }

static void inflate_and_compare(struct connection *connection) {
  static z_stream fresh;
  static uint8_t *plain;
  static const uint8_t tail[] = {0, 0, 0xFF, 0xFF};
  if (plain == NULL) {
    plain = allocate(settings.bytes + 64);
    if (inflateInit2(&fresh, -15) != Z_OK) give_up("inflateInit2");
  }
  z_stream *stream = &fresh;
  if (takeover) {
    if (connection->inflater == NULL) {
      connection->inflater = allocate(sizeof(z_stream));
      if (inflateInit2((z_stream *)connection->inflater, -15) != Z_OK) give_up("inflateInit2");
    }
    stream = connection->inflater;
  } else {
    if (!connection->whole_check) return;
    inflateReset(stream);
  }
  memcpy(connection->gathered + connection->gathered_length, tail, sizeof tail);
  stream->next_in = connection->gathered;
  stream->avail_in = (uInt)(connection->gathered_length + sizeof tail);
  stream->next_out = plain;
  stream->avail_out = (uInt)(settings.bytes + 64);
  const int result = inflate(stream, Z_SYNC_FLUSH);
  const size_t length = settings.bytes + 64 - stream->avail_out;
  if ((result != Z_OK && result != Z_BUF_ERROR && result != Z_STREAM_END) || length != settings.bytes || memcmp(plain, payloads.plain[connection->next_in], length))
    fail(connection, "a compressed message is wrong");
  else checked_count++;
}

void forget_history(struct connection *connection) {
  if (connection->inflater != NULL) inflateReset(connection->inflater);
}

static void next_message(struct connection *connection) {
  connection->received++;
  if (++connection->next_in == payloads.count) connection->next_in = 0;
  when_message(connection);
}

/* The ping of the hub's protocol is a line of its own: alone, first, last or in between. */
static bool holds_ping(const uint8_t *text, size_t length) {
  if (length < 2) return false;
  if (!memcmp(text, "{}", 2) && (length == 2 || text[2] == '\n')) return true;
  if (length > 2 && !memcmp(text + length - 3, "\n{}", 3)) return true;
  return memmem(text, length, "\n{}\n", 4) != NULL;
}

/* A text may carry several payloads, each in its turn, and what is none: a keep-alive, an answer. */
static void search_payloads(struct connection *connection) {
  const uint8_t *at = connection->gathered, *const end = at + connection->gathered_length;
  if (connection->stage == STAGE_GREETING) {
    if (memmem(at, (size_t)(end - at), settings.welcome, strlen(settings.welcome)) == NULL) return;
    connection->stage = STAGE_OPEN;
    open_count++;
    when_open(connection);
    return;
  }
  bool found = connection->gathered_length <= 3;
  if (settings.pong && holds_ping(at, connection->gathered_length)) {
    queue_frame(connection, 1, "{}", 2);
    flush(connection);
  }
  while (connection->stage != STAGE_NONE) {
    at = memmem(at, (size_t)(end - at), payloads.plain[connection->next_in], settings.bytes);
    if (at == NULL) break;
    at += settings.bytes;
    found = true;
    checked_count++;
    next_message(connection);
  }
  if (!found) fail(connection, "a message does not contain the payload whose turn it is");
}

static void end_message(struct connection *connection) {
  if (settings.hello != NULL) {
    search_payloads(connection);
    return;
  }
  if (!settings.raw && connection->message_opcode != (settings.kind == KIND_BINARY ? 2 : 1)) {
    fail(connection, "a message has the wrong type");
    return;
  }
  if (connection->compressed) inflate_and_compare(connection);
  else if (!settings.raw && connection->message_length != settings.bytes) fail(connection, "a message has the wrong length");
  else if (connection->whole_check) checked_count++;
  if (connection->stage != STAGE_NONE) next_message(connection);
}

static void end_frame(struct connection *connection) {
  connection->in_payload = false;
  connection->header_length = 0;
  switch (connection->opcode) {
    case 8:
      connection->got_close = true;
      if (settings.mode != MODE_CONNECT) fail(connection, "the server has closed the connection");
      break;
    case 9:
      queue_frame(connection, 10, connection->gathered, connection->gathered_length);
      connection->gathered_length = 0;
      flush(connection);
      break;
    case 10:
      break;
    default:
      if (!connection->final) break;
      connection->in_message = false;
      end_message(connection);
  }
}

static void start_message(struct connection *connection) {
  connection->message_length = 0;
  connection->gathered_length = 0;
  connection->whole_check = (connection->received + connection->index) % settings.check_every == 0;
}

/* Compares the part of the payload that lies here, as far as this message is compared at all. */
static void compare(struct connection *connection, const uint8_t *bytes, size_t length) {
  const uint8_t *wanted = payloads.plain[connection->next_in];
  size_t limit = settings.bytes;
  if (settings.raw) {
    wanted = payloads.frames + payloads.offsets[connection->next_in];
    limit = payloads.offsets[connection->next_in + 1] - payloads.offsets[connection->next_in];
  }
  if (connection->message_length + length > limit) {
    fail(connection, "a message is too long");
    return;
  }
  const size_t reach = connection->whole_check ? limit : FIRST_BYTES;
  if (connection->message_length >= reach) return;
  const size_t left = reach - (size_t)connection->message_length;
  if (memcmp(bytes, wanted + connection->message_length, length < left ? length : left)) fail(connection, "a message has the wrong contents");
}

static void take_payload(struct connection *connection, const uint8_t *bytes, size_t length) {
  if (connection->opcode >= 8) {
    if (connection->opcode == 9) gather(connection, bytes, length);
    return;
  }
  if (gathers(connection)) gather(connection, bytes, length);
  else compare(connection, bytes, length);
  connection->message_length += length;
}

static bool header_is_sound(const struct connection *connection) {
  const uint8_t first = connection->header[0];
  const uint8_t opcode = first & 15;
  if (connection->header[1] & 0x80 || first & 0x30) return false;
  if (opcode >= 8) return opcode <= 10 && first & 0x80 && !(first & 0x40) && connection->frame_left < 126 && !(opcode == 9 && connection->in_message);
  if (opcode > 2 || (opcode == 0) != connection->in_message) return false;
  return !(first & 0x40) || (opcode != 0 && settings.offer != OFFER_NONE);
}

/* Takes the bytes of a header; returns what is left of them. */
static const uint8_t *take_header(struct connection *connection, const uint8_t *at, const uint8_t *end) {
  uint8_t *const header = connection->header;
  header[connection->header_length++] = *at++;
  if (connection->header_length < 2) return at;
  const uint8_t short_length = header[1] & 127, wanted = short_length == 126 ? 4 : short_length == 127 ? 10 : 2;
  while (connection->header_length < wanted && at < end) header[connection->header_length++] = *at++;
  if (connection->header_length < wanted) return at;
  uint64_t length = wanted == 2 ? short_length : 0;
  for (uint8_t index = 2; index < wanted; index++) length = length << 8 | header[index];
  connection->frame_left = length;
  if (!header_is_sound(connection)) {
    fail(connection, "the header of a frame is wrong");
    return end;
  }
  connection->opcode = header[0] & 15;
  connection->final = header[0] & 0x80;
  connection->in_payload = true;
  if (connection->opcode == 1 || connection->opcode == 2) {
    connection->message_opcode = connection->opcode;
    connection->compressed = header[0] & 0x40;
    connection->in_message = true;
    start_message(connection);
  } else if (connection->opcode >= 8) {
    if (!connection->in_message) connection->gathered_length = 0;
  }
  return at;
}

/* A server of bytes has no frames: its messages are ours, as they were sent. */
static void receive_raw(struct connection *connection, const uint8_t *at, const uint8_t *end) {
  while (at < end && connection->stage != STAGE_NONE) {
    const size_t whole = payloads.offsets[connection->next_in + 1] - payloads.offsets[connection->next_in];
    if (connection->message_length == 0) start_message(connection);
    size_t length = whole - (size_t)connection->message_length;
    if (length > (size_t)(end - at)) length = (size_t)(end - at);
    compare(connection, at, length);
    if (connection->stage == STAGE_NONE) return;
    connection->message_length += length;
    at += length;
    if (connection->message_length < whole) continue;
    end_message(connection);
    connection->message_length = 0;
  }
}

void receive(struct connection *connection, const uint8_t *bytes, size_t length) {
  const uint8_t *at = bytes, *const end = bytes + length;
  if (settings.raw) {
    receive_raw(connection, at, end);
    return;
  }
  while (at < end && connection->stage != STAGE_NONE) {
    if (!connection->in_payload) at = take_header(connection, at, end);
    if (!connection->in_payload || connection->stage == STAGE_NONE) continue;
    size_t here = (size_t)(end - at);
    if (here > connection->frame_left) here = (size_t)connection->frame_left;
    take_payload(connection, at, here);
    at += here;
    connection->frame_left -= here;
    if (connection->frame_left == 0 && connection->stage != STAGE_NONE) end_frame(connection);
  }
}
