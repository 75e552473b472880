/** When each way is the right one, how the lab measures, and what its figures do not say. */
import type { Transport } from "./transports.ts";

/** What the advice is about: the transports that are measured, and two things that are not. */
export type Subject = Transport | "mqtt" | "http2";

export interface AdviceWords {
  readonly heading: string;
  readonly names: Readonly<Record<"mqtt" | "http2", string>>;
  readonly choice: Readonly<Record<Subject, string>>;
  readonly cost: Readonly<Record<Subject, string>>;
  readonly measuredHeading: string;
  readonly measured: readonly string[];
  readonly unsaidHeading: string;
  readonly unsaid: readonly string[];
}

export const adviceEn: AdviceWords = {
  heading: "When each is the right choice",
  names: { mqtt: "MQTT", http2: "HTTP/2 and HTTP/3" },
  choice: {
    "short-polling":
      "News are rare and nobody waits for them: one update a minute, a build status, a page of figures. Nothing stays open, and every cache, proxy and log understands it.",
    "long-polling":
      "The way out where proxies buffer streams and refuse WebSocket. As quick as a stream while updates are rare.",
    sse: "Often enough. News go from the server to the browser, as text: feeds, notifications, progress, prices. The browser reconnects by itself and says what it had last; cookies, logs and proxies work as with any request.",
    "http-stream":
      "The stream is the answer to one request: the words of a language model, a long export, a search that fills up. Any method, any header, and cancelled like any fetch.",
    websocket:
      "Both sides talk, or updates are many and small: chat, games, shared documents, cursors. A message costs two to fourteen bytes around it and no request; binary as it is.",
    "websocket-deflate":
      "Messages are text, resemble each other and have a hundred bytes or more: names of fields travel once. Look at the bytes above with a large and with a small payload.",
    mqtt: "Devices: small code, thin networks, a broker that keeps the last value, tells when a device is gone, and hands over each message at least or exactly once. Browsers reach it through WebSocket.",
    http2:
      "All tabs and requests share one connection, and headers are compressed. Polling and SSE cost much less there than over the HTTP/1.1 that is measured here.",
  },
  cost: {
    "short-polling":
      "An update waits half an interval on average, and each empty answer costs two sets of headers.",
    "long-polling":
      "Each answer costs a request, and what happens between two requests waits for a round trip. The server holds a request for each reader.",
    sse: "One direction, text only. Over HTTP/1.1 a browser opens six connections to a host for all its tabs together: the seventh tab waits.",
    "http-stream":
      "Lines, reconnecting and catching up are yours to write. It counts among the six connections, too.",
    websocket:
      "A protocol of its own: proxies have to let it through, and reconnecting, heartbeat, catching up and permissions are yours, or a library's. Caches and logs of HTTP see nothing of it.",
    "websocket-deflate":
      "Processor time and memory for each connection, on both sides. Tiny messages gain nothing, and secrets beside text that others choose must not be compressed.",
    mqtt: "A broker to run, and topics and permissions apart from those of your web application. It is not measured here.",
    http2:
      "One lost packet holds up everything on an HTTP/2 connection; HTTP/3 does not have that. Servers behind a proxy mostly get HTTP/1.1 all the same.",
  },
  measuredHeading: "How it is measured",
  measured: [
    "Latency runs from the moment the server makes an update to the moment a script of this page has it. The page asks the server for its time twelve times before each run and trusts the quickest answer; it is wrong by half of that round trip at most.",
    "Bytes are what the server's sockets have read and written: request lines, headers, chunk sizes, frames. A browser sends many requests over one socket, so each is counted from its own first byte to the end of its answer.",
    "The added delay holds back each request or message as it comes in, and each answer, event or message as it goes out, in the same way for all.",
    "Processor time is that of the whole server process, less what it used in a second of rest before: so it is known only when the transports run one by one, and only on a server where nothing else goes on.",
    "The data is JSON with names that recur and values that change. The compressed WebSocket compresses each message with those before it in mind; HTTP answers are not compressed here, although a server may do so.",
  ],
  unsaidHeading: "What the figures do not say",
  unsaid: [
    "What TCP, IP and TLS add: some forty bytes for each packet, and handshakes whenever a connection is new.",
    "What a network does that loses packets, changes its speed or cuts idle connections.",
    "What ten thousand readers cost: here there is one. Memory for each, and the work of sending the same to all, decide then.",
    "What a proxy in between adds. A hidden tab polls less often than it was told.",
  ],
};

export const adviceZh: AdviceWords = {
  heading: "什么时候该选哪一种",
  names: { mqtt: "MQTT 协议", http2: "HTTP/2 与 HTTP/3" },
  choice: {
    "short-polling":
      "消息很少，也没人等着看：每分钟一次更新、构建状态、一页数字。没有长期打开的连接，任何缓存、代理和日志都能理解。",
    "long-polling": "代理会缓冲流、又拒绝 WebSocket 时的出路。更新稀少时和流一样快。",
    sse: "多数时候够用了。消息从服务器到浏览器，都是文本：信息流、通知、进度、报价。浏览器会自己重连，并告诉服务器最后收到的是哪条；Cookie、日志和代理都和普通请求一样。",
    "http-stream":
      "流就是一次请求的回答：语言模型逐字输出、长时间导出、逐步填充的搜索。任何方法、任何请求头都行，取消也和普通 fetch 一样。",
    websocket:
      "双方都要说话，或者更新又多又小：聊天、游戏、共享文档、光标。每条消息只多 2 到 14 字节，不需要请求；二进制原样传输。",
    "websocket-deflate":
      "消息是文本、彼此相似、每条一百字节以上：字段名只传一次。分别用大的和小的数据看看上面的字节数。",
    mqtt: "设备：代码小、网络窄，需要代理服务器保存最新值、在设备离线时通知，并保证每条消息至少一次或恰好一次送达。浏览器通过 WebSocket 使用它。",
    http2:
      "所有标签页和请求共用一条连接，请求头也会压缩。轮询和 SSE 在那里的代价远小于这里测量的 HTTP/1.1。",
  },
  cost: {
    "short-polling": "一条更新平均要等半个间隔，每次空的回答都要付出两份头部。",
    "long-polling":
      "每次回答都要一个请求，两次请求之间发生的事要等一个来回。服务器要为每个读者挂起一个请求。",
    sse: "单向，只有文本。使用 HTTP/1.1 时，浏览器对同一主机的所有标签页合计只开六条连接：第七个标签页要等待。",
    "http-stream": "分行、重连和补发都要自己写。它也算在六条连接之内。",
    websocket:
      "它是独立的协议：代理必须放行，重连、心跳、补发和权限要自己做，或交给库。HTTP 的缓存和日志看不到它。",
    "websocket-deflate":
      "每条连接在两端都要花处理器时间和内存。很小的消息得不到好处；机密不能与他人可控的文本放在一起压缩。",
    mqtt: "要运行一个代理服务器，主题和权限与网站应用分开管理。这里没有测量它。",
    http2:
      "在 HTTP/2 连接上丢一个包，后面的都要等；HTTP/3 没有这个问题。代理后面的服务器多半还是收到 HTTP/1.1。",
  },
  measuredHeading: "如何测量",
  measured: [
    "延迟从服务器产生更新的时刻算起，到本页脚本拿到它为止。每次运行前，页面向服务器询问十二次时间，采信最快的那次回答；误差最多是那个来回的一半。",
    "字节数是服务器套接字读写的总量：请求行、头部、分块长度、帧都算在内。浏览器在一条套接字上发送许多请求，所以每个请求从自己的第一个字节算到回答结束。",
    "附加延迟会推迟每个进来的请求或消息，以及每个出去的回答、事件或消息，对所有方式一视同仁。",
    "处理器时间是整个服务器进程的，减去之前静置一秒的用量：所以只有逐个运行、并且服务器没有别的事情时才知道。",
    "数据是 JSON，字段名反复出现，值不断变化。压缩的 WebSocket 会参照之前的消息压缩每一条；这里的 HTTP 回答没有压缩，尽管服务器可以这样做。",
  ],
  unsaidHeading: "这些数字没有说的",
  unsaid: [
    "TCP、IP 和 TLS 增加的部分：每个数据包约四十字节，以及每条新连接的握手。",
    "会丢包、会变速、会切断空闲连接的网络会怎样。",
    "一万个读者要付出多少：这里只有一个。到那时起决定作用的是每个读者的内存，以及把同样内容发给所有人的工作量。",
    "中间的代理会增加什么。隐藏的标签页轮询得比要求的少。",
  ],
};
