"""A device that speaks plain WebSocket, with nothing but Python's standard library: it sends a temperature each second, and
a lamp obeys what the server sends.

    npm start, then: python3 examples/plain-device/device.py ws://localhost:8080/broadcast
    npx tautline connect ws://localhost:8080/broadcast     (and type: lamp on)

The second argument is how many readings to send; 0, the default, is without end. RFC 6455 is named where it is followed.
"""

import base64
import hashlib
import os
import select
import socket
import struct
import sys
import time
from urllib.parse import urlsplit

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


def connect(url):
    """The opening handshake (4.1). Returns the socket, and what has come after the answer already."""
    address = urlsplit(url)
    host, port = address.hostname, address.port or 80
    line = socket.create_connection((host, port), timeout=10)
    key = base64.b64encode(os.urandom(16)).decode()
    line.sendall(
        f"GET {address.path or '/'} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    answer = b""
    while b"\r\n\r\n" not in answer:
        chunk = line.recv(4096)
        if not chunk:
            raise ConnectionError("the server hung up during the handshake")
        answer += chunk
    head, rest = answer.split(b"\r\n\r\n", 1)
    accept = base64.b64encode(
        hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
    )
    if not head.startswith(b"HTTP/1.1 101") or accept not in head:
        raise ConnectionError(head.decode("latin-1"))
    return line, rest


def send(line, opcode, payload):
    """One frame, masked as clients have to (5.3). Nothing here is longer than 65,535 bytes."""
    mask = os.urandom(4)
    size = len(payload)
    length = struct.pack("!B", 0x80 | size) if size < 126 else struct.pack("!BH", 0xFE, size)
    masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
    line.sendall(bytes([0x80 | opcode]) + length + mask + masked)


def frame(data):
    """The first frame of the bytes (5.2) as (opcode, payload, rest), or None while it is not all there."""
    if len(data) < 2:
        return None
    size, start = data[1] & 0x7F, 2
    if size == 126:
        if len(data) < 4:
            return None
        size, start = struct.unpack("!H", data[2:4])[0], 4
    elif size == 127:
        raise ValueError("a frame longer than this device wants")
    if len(data) < start + size:
        return None
    return data[0] & 0x0F, data[start : start + size], data[start + size :]


def obey(line, opcode, payload):
    """Returns False when the connection is over."""
    if opcode == PING:
        send(line, PONG, payload)
    elif opcode == CLOSE:
        send(line, CLOSE, payload[:2])
        return False
    elif opcode == TEXT and payload.startswith(b"lamp "):
        print(payload.decode(), flush=True)
    return True


def run(url, readings):
    line, data = connect(url)
    print(f"connected to {url}", flush=True)
    sent, due = 0, time.monotonic()
    while True:
        while (found := frame(data)) is not None:
            opcode, payload, data = found
            if not obey(line, opcode, payload):
                return
        if time.monotonic() >= due and (readings == 0 or sent < readings):
            send(line, TEXT, f'{{"celsius": {21 + sent % 5}}}'.encode())
            sent, due = sent + 1, time.monotonic() + 1
        if select.select([line], [], [], 0.2)[0]:
            chunk = line.recv(4096)
            if not chunk:
                return
            data += chunk


if __name__ == "__main__":
    words = dict(enumerate(sys.argv))
    run(words.get(1, "ws://localhost:8080/broadcast"), int(words.get(2, "0")))
