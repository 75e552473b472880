/*
 * The messages: a rotation of different payloads, so that a lost, doubled or swapped reply is seen. Each is framed
 * and masked with a key of its own (RFC 6455 §5.3); they lie behind each other, so any run of them is one send().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "load.h"

struct payloads payloads;

static uint32_t pick(uint32_t below) { return (uint32_t)((random_bits() >> 32) % below); }

static void fill_binary(uint8_t *out, size_t length) {
  for (size_t at = 0; at < length; at++) out[at] = (uint8_t)pick(256);
}

/* Printable characters that JSON writes as they are. */
static void fill_ascii(uint8_t *out, size_t length) {
  for (size_t at = 0; at < length; at++) {
    const uint8_t character = (uint8_t)(' ' + pick(95));
    out[at] = character == '"' || character == '\\' ? '_' : character;
  }
}

/* Half of the characters take two or three bytes. */
static void fill_utf8(uint8_t *out, size_t length) {
  size_t at = 0;
  while (at < length) {
    const uint32_t choice = pick(4);
    if (choice == 0 && length - at >= 3) {
      /* U+4E00 to U+4FFF */
      out[at++] = 0xE4;
      out[at++] = (uint8_t)(0xB8 + pick(8));
      out[at++] = (uint8_t)(0x80 + pick(64));
    } else if (choice == 1 && length - at >= 2) {
      /* U+0400 to U+043F */
      out[at++] = 0xD0;
      out[at++] = (uint8_t)(0x80 + pick(64));
    } else {
      out[at++] = (uint8_t)('a' + pick(26));
    }
  }
}

/* Rows as an application would send them: names that come back, numbers that do not. */
static void fill_json(uint8_t *out, size_t length) {
  static const char *const types[] = {"message", "presence", "price", "cursor"};
  static const char *const names[] = {"north", "south", "east", "west", "harbour", "bridge", "market", "tower"};
  static const char *const texts[] = {"is on the way", "arrived a moment ago", "was updated", "moved to another place", "ok", "waits for an answer"};
  char row[256];
  size_t at = 0;
  while (at < length) {
    size_t made = (size_t)snprintf(row, sizeof row, "{\"id\":%u,\"type\":\"%s\",\"name\":\"%s\",\"at\":1%012llu,\"text\":\"%s\",\"value\":%u.%02u,\"ok\":%s},", pick(1u << 24),
                                   types[pick(4)], names[pick(8)], (unsigned long long)(random_bits() % 1000000000000ull), texts[pick(6)], pick(100000), pick(100), pick(2) ? "true" : "false");
    if (made > length - at) made = length - at;
    memcpy(out + at, row, made);
    at += made;
  }
}

size_t write_frame(uint8_t *out, int first_byte, const uint8_t *payload, size_t length) {
  size_t header = 2;
  out[0] = (uint8_t)first_byte;
  if (length < 126) {
    out[1] = (uint8_t)(0x80 | length);
  } else if (length < 65536) {
    out[1] = 0x80 | 126;
    out[2] = (uint8_t)(length >> 8);
    out[3] = (uint8_t)length;
    header = 4;
  } else {
    out[1] = 0x80 | 127;
    for (int at = 0; at < 8; at++) out[2 + at] = (uint8_t)((uint64_t)length >> (56 - 8 * at));
    header = 10;
  }
  for (int at = 0; at < 4; at++) out[header + (size_t)at] = (uint8_t)(1 + pick(255));
  const uint8_t *const key = out + header;
  header += 4;
  for (size_t at = 0; at < length; at++) out[header + at] = payload[at] ^ key[at & 3];
  return header + length;
}

/* RFC 7692 §7.2.1: a compressed message without the four bytes 00 00 FF FF at its end. */
static size_t deflate_message(const uint8_t *plain, uint8_t *out, size_t capacity) {
  z_stream stream = {0};
  if (deflateInit2(&stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK) give_up("deflateInit2");
  stream.next_in = (Bytef *)plain;
  stream.avail_in = (uInt)settings.bytes;
  stream.next_out = out;
  stream.avail_out = (uInt)capacity;
  if (deflate(&stream, Z_SYNC_FLUSH) != Z_OK || stream.avail_in != 0) give_up("deflate");
  const size_t made = capacity - stream.avail_out - 4;
  deflateEnd(&stream);
  return made;
}

void make_payloads(void) {
  static void (*const fill[])(uint8_t *, size_t) = {fill_binary, fill_ascii, fill_utf8, fill_json};
  const size_t room = settings.bytes + settings.bytes / 8 + 128;
  uint32_t count = settings.depth < 16 ? 32 : settings.depth * 2;
  while (count > 2 && count * room > (32u << 20)) count /= 2;
  payloads.count = count;
  payloads.plain = allocate(sizeof *payloads.plain * count);
  payloads.offsets = allocate(sizeof *payloads.offsets * (count + 1));
  payloads.frames = allocate(room * count);
  uint8_t *const squeezed = allocate(room);
  for (uint32_t index = 0; index < count; index++) {
    uint8_t *const plain = payloads.plain[index] = allocate(settings.bytes);
    fill[settings.kind](plain, settings.bytes);
    uint8_t *const frame = payloads.frames + payloads.offsets[index];
    const int opcode = settings.kind == KIND_BINARY ? 2 : 1;
    size_t length;
    if (settings.offer != OFFER_NONE && !settings.raw) length = write_frame(frame, 0xC0 | opcode, squeezed, deflate_message(plain, squeezed, room));
    else length = write_frame(frame, 0x80 | opcode, plain, settings.bytes);
    payloads.offsets[index + 1] = payloads.offsets[index] + length;
  }
  free(squeezed);
}
