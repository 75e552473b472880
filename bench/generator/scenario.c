/* What each mode does: who sends how many messages and when, and what an answer counts for. */
#include "load.h"

enum { FAN_RING = 1 << 16 };

bool sending, measuring;
uint64_t message_count, cycle_count, behind_count, checked_count, failure_count, bytes_in;

/* Published messages by number: when, and how many have it. */
static uint64_t fan_times[FAN_RING], published, delivered_to_all;
static uint32_t fan_counts[FAN_RING];
static uint64_t next_due;
static uint32_t turn;

bool may_send(void) { return sending && settings.rate == 0; }

static void publish(uint32_t count, uint64_t time) {
  commit(&connections[0], count, time);
  for (; count > 0; count--) fan_times[published++ % FAN_RING] = time;
}

/* Fills up what may be in flight. */
void kick(struct connection *connection) {
  if (settings.mode == MODE_FANOUT) connection = &connections[0];
  if (connection->stage != STAGE_OPEN || !may_send()) return;
  if (settings.mode == MODE_FANOUT) {
    const uint64_t out = published - delivered_to_all;
    if (out >= settings.depth) return;
    publish(settings.depth - (uint32_t)out, nanoseconds());
  } else if (settings.mode == MODE_ECHO && connection->index < settings.active && connection->in_flight < settings.depth) {
    commit(connection, settings.depth - connection->in_flight, nanoseconds());
  } else {
    return;
  }
  if (!connection->watches_output) flush(connection);
}

void kick_all(void) {
  next_due = nanoseconds();
  for (uint32_t index = 0; index < connection_count; index++) kick(&connections[index]);
}

void when_open(struct connection *connection) {
  if (settings.mode == MODE_CONNECT && measuring) latency_add(now - connection->started);
  if (settings.mode != MODE_CONNECT && settings.mode != MODE_IDLE) return;
  if (settings.touch) {
    commit(connection, 1, 0);
    flush(connection);
  } else if (settings.mode == MODE_CONNECT) {
    start_closing(connection);
  }
}

static void count_delivery(struct connection *connection) {
  const uint64_t number = connection->received - 1;
  if (number >= published) {
    fail(connection, "a message came that was not published");
    return;
  }
  if (measuring) {
    message_count++;
    latency_add(now - fan_times[number % FAN_RING]);
  }
  const uint32_t receivers = connection_count - (settings.publisher_path != NULL ? 1 : 0);
  if (++fan_counts[number % FAN_RING] < receivers) return;
  fan_counts[number % FAN_RING] = 0;
  delivered_to_all++;
}

void when_message(struct connection *connection) {
  if (settings.mode == MODE_FANOUT) {
    count_delivery(connection);
    return;
  }
  if (connection->in_flight == 0) {
    fail(connection, "a message came that nobody had asked for");
    return;
  }
  connection->in_flight--;
  if (settings.mode == MODE_CONNECT) {
    start_closing(connection);
  } else if (connection->times != NULL) {
    const uint64_t sent = connection->times[connection->times_tail++ % times_size];
    if (!measuring) return;
    message_count++;
    latency_add(now - sent);
  }
}

void when_cycle(struct connection *connection) {
  cycle_count++;
  if (sending) open_connection(connection);
}

uint64_t unanswered(void) {
  if (settings.mode == MODE_FANOUT) return published - delivered_to_all;
  if (settings.mode == MODE_CONNECT) return busy_count;
  uint64_t sum = 0;
  for (uint32_t index = 0; index < connection_count; index++) sum += connections[index].in_flight;
  return sum;
}

/* At a fixed rate: sends what is due by now, in turn. Latency counts from when a message was due, not from when it left. */
void run_schedule(double rate) {
  const uint64_t interval = (uint64_t)(1e9 / rate);
  for (; next_due <= now; next_due += interval) {
    const bool fan = settings.mode == MODE_FANOUT;
    struct connection *const connection = &connections[fan ? 0 : turn++ % settings.active];
    if (connection->stage != STAGE_OPEN) continue;
    const bool full = fan ? published - delivered_to_all >= FAN_RING : connection->times_head - connection->times_tail >= times_size;
    if (full) {
      behind_count++;
      continue;
    }
    if (fan) publish(1, next_due);
    else commit(connection, 1, next_due);
    if (!connection->watches_output) flush(connection);
  }
}
