/**
 * The tables and notes that the benchmark writes, in Chinese: each phrase once, English beside Chinese. A `{}` stands for what
 * changes, and is looked up in turn. What has no translation stays as it is: figures, names, and messages of other programs.
 */

type Phrase = readonly [english: string, chinese: string];

const run: readonly Phrase[] = [
  [
    "**These figures are a rehearsal and no result**: {}; {}.",
    "**这些数字只是预演，不算结果**：{}；{}。",
  ],
  ["**These figures are a rehearsal and no result**: {}.", "**这些数字只是预演，不算结果**：{}。"],
  ["too few rounds", "轮数太少"],
  [
    "others kept the machine busy, so code ran cold and servers waited for their core",
    "其他程序占用了机器，代码没有热起来，服务器要等自己的核",
  ],
  ["When: {}, with {}, {} of {} s.", "时间：{}，命令是 {}，{}，每轮 {} s。"],
  ["one round", "一轮"],
  ["{} rounds", "{} 轮"],
  [
    "Machine: {}; {}. Others used {} cores meanwhile (median; at most {}).",
    "机器：{}；{}。其间其他程序用了 {} 个核（中位数；最多 {}）。",
  ],
  ["Machine: {}; {}.", "机器：{}；{}。"],
  ["{}, {} cores, {} GiB, {}", "{}，{} 核，{} GiB，{}"],
  [
    "server on core {}, generator on core {} (taskset)",
    "服务器在核 {} 上，加压程序在核 {} 上（taskset）",
  ],
  [
    "server and generator are where the system puts them (no taskset, or one core)",
    "服务器和加压程序由系统安排（没有 taskset，或者只有一个核）",
  ],
  ["Versions: {}; load generator: {}.", "版本：{}；加压程序：{}。"],
  ["in C", "C 语言版"],
  ["on Node.js", "Node.js 版"],
  ["Left out: {} ({}).", "未参加：{}（{}）。"],
  ["npm has no binary of it for this system ({})", "npm 上没有适用于本系统的二进制文件：{}"],
  [
    "npm has no binary of it for this system and Node.js",
    "npm 上没有适用于本系统和本 Node.js 的二进制文件",
  ],
  ["not built", "没有构建"],
  [
    "{}: {} connections instead of {}, as many as open files are allowed (ulimit -n)",
    "{}：{} 个连接而不是 {} 个，受限于允许打开的文件数（ulimit -n）",
  ],
];

const figures: readonly Phrase[] = [
  [
    "CPU time of the server, in µs for each message, delivery or connection",
    "服务器的 CPU 时间，每条消息、每次送达或每个连接，单位 µs",
  ],
  ["In relation to others", "与其他服务器之比"],
  [
    "A message beside 9,900 idle connections, to one without them",
    "另有 9,900 个空闲连接时的一条消息，与没有时之比",
  ],
  ["Bytes for each idle connection", "每个空闲连接的字节数"],
  ["Throughput, per second", "每秒吞吐量"],
  ["Latency at equal load, in µs: p99", "同等负载下的延迟，单位 µs：p99"],
  ["Latency at full load, in µs: p50 / p99", "满负载下的延迟，单位 µs：p50 / p99"],
  ["Tautline, text as bytes", "Tautline，文本按字节"],
  ["Tautline's ws interface", "Tautline 的 ws 接口"],
  ["Tautline's hub", "Tautline 的 hub"],
  ["node:net, bytes", "node:net，字节"],
  ["C on epoll, bytes", "epoll 上的 C，字节"],
  ["p99 at equal load, to ws", "同等负载下的 p99，与 ws 之比"],
  ["to ws", "与 ws 之比"],
  ["to uWebSockets.js", "与 uWebSockets.js 之比"],
  ["to Bun", "与 Bun 之比"],
  ["ratio of CPU times", "CPU 时间之比"],
  ["failed", "失败"],
  ["{} (generator)", "{}（加压程序）"],
];

const caseTitles: readonly Phrase[] = [
  ["deflate echo {}, {} in flight", "deflate 回显 {}，{} 条在途"],
  ["echo {} over {}, {} in flight", "回显 {}，走 {}，{} 条在途"],
  ["echo {}, {} in flight", "回显 {}，{} 条在途"],
  ["echo {} beside 9,900 idle connections", "回显 {}，另有 9,900 个空闲连接"],
  ["{} non-ASCII text", "{} 非 ASCII 文本"],
  ["{} ASCII text", "{} ASCII 文本"],
  ["{} binary", "{} 二进制"],
  ["HTTP/2 and TLS", "HTTP/2 加 TLS"],
  ["fan-out of {} to {}, {} outstanding", "{} 扇出到 {} 个连接，{} 条在途"],
  ["connect, handshake, close", "连接、握手、关闭"],
  ["memory per idle connection, {}", "每个空闲连接的内存，{}"],
  ["plain", "未压缩"],
  ["deflate negotiated", "协商了 deflate"],
  ["after one deflated message", "收发过一条 deflate 消息"],
  [
    "publication of {} to {} subscribers of a channel, {} outstanding",
    "{} 的消息发给频道的 {} 个订阅者，{} 条在途",
  ],
];

const costs: readonly Phrase[] = [
  ["What it costs", "要多少开销"],
  ["What people do", "用户做什么"],
  [
    "Measured on {} with {}, {}, Node.js {}; others used {} cores meanwhile.",
    "测于 {}，命令是 {}；{}，Node.js {}；其间其他程序用了 {} 个核。",
  ],
  [
    "Measured on {} with {}, {}, Node.js {}; others used {} cores meanwhile. **That makes them a rehearsal and no result**: code ran cold, and costs are several times too high.",
    "测于 {}，命令是 {}；{}，Node.js {}；其间其他程序用了 {} 个核。**所以这只是预演，不算结果**：代码没有热起来，开销高出几倍。",
  ],
  ["{}, {} cores, {}", "{}，{} 核，{}"],
  ["In µs of CPU time:", "CPU 时间，单位 µs："],
  [
    "A ping and its answer take {} bytes. Machines have {} cores, {} GiB and {} Gbit/s.",
    "一次 Ping 和它的应答共 {} 字节。每台机器有 {} 个核、{} GiB 内存和 {} Gbit/s 的网络。",
  ],
  ["for each", "每一个"],
  ["cost", "开销"],
  ["case", "用例"],
  ["connection with a subscription", "带一个订阅的连接"],
  ["further subscription", "再加的订阅"],
  ["ping and its answer", "Ping 和它的应答"],
  ["connection that comes, subscribes and goes", "连上、订阅、离开的连接"],
  ["without history", "没有历史"],
  ["with history", "有历史"],
  ["one node", "一个节点"],
  ["over Redis", "经由 Redis"],
  ["over NATS", "经由 NATS"],
  ["publishing node, a publication", "发布节点，一条消息"],
  ["engine, a publication to one node", "引擎，一条消息到一个节点"],
  ["engine, each further node", "引擎，每多一个节点"],
  ["receiving node, a publication and its first delivery", "接收节点，一条消息和它的第一次送达"],
  ["receiving node, a delivery, one publication at a time", "接收节点，一次送达，消息逐条发布"],
  [
    "receiving node, a delivery, eight publications at a time",
    "接收节点，一次送达，八条消息同时在途",
  ],
  ["… to one node", "… 与一个节点之比"],
];

const plan: readonly Phrase[] = [
  ["workload", "负载"],
  ["what people do", "用户做什么"],
  ["a delivery on the wire", "线路上的一次送达"],
  ["chat", "聊天"],
  ["notifications", "通知"],
  ["quotes", "行情"],
  [
    "rooms of 50; everybody is in one and writes 200 bytes once a minute; with history",
    "房间每个 50 人；每人在一个房间里，每分钟写 200 字节；有历史",
  ],
  [
    "a channel for each user, who gets 300 bytes every five minutes; with history",
    "每个用户一个频道，每五分钟收到 300 字节；有历史",
  ],
  [
    "2,000 instruments, each with a price of 100 bytes every two seconds; everybody watches 20; no history",
    "2,000 个品种，每个每两秒有一次 100 字节的报价；每人看 20 个；没有历史",
  ],
  ["{} bytes", "{} 字节"],
  ["{} connections", "{} 个连接"],
  ["publications per second", "每秒发布的消息"],
  ["deliveries per second", "每秒送达"],
  ["machines, with one to spare", "机器，含一台备用"],
  ["processes", "进程"],
  ["what asks for so many", "进程数由什么决定"],
  ["memory", "内存"],
  ["network", "网络"],
  ["files", "文件"],
  ["connections of a process", "每个进程的连接"],
  [
    "a core: deliveries · publications · pings · comings",
    "一个核：送达 · 发布 · Ping · 连上的客户端",
  ],
  ["memory of a machine, GiB", "每台机器的内存，GiB"],
  ["to all clients, Gbit/s", "发往所有客户端，Gbit/s"],
  ["processes that hear a publication", "听到一条消息的进程"],
  ["from Redis, Gbit/s", "从 Redis 发出，Gbit/s"],
  ["cores that Redis uses", "Redis 用掉的核"],
  ["Redis primaries", "Redis 主节点"],
  [
    "What breaks first, where a number above 1 × is over the limit:",
    "最先撑不住的是什么（大于 1 × 就是超出了上限）：",
  ],
  ["files of a process, of {}", "每个进程的文件，上限 {}"],
  ["ports of a proxy towards a process, of {}", "代理通往一个进程的端口，上限 {}"],
  ["core of one Redis, of 1", "一个 Redis 的核，上限 1"],
  ["connections of one Redis, of {}", "一个 Redis 的连接，上限 {}"],
  ["network of one Redis, Gbit/s of {}", "一个 Redis 的网络，Gbit/s，上限 {}"],
  ["network of a machine, Gbit/s of {}", "一台机器的网络，Gbit/s，上限 {}"],
  ["a machine dies: 99 of 100 are back after", "一台机器终止：多久后 100 个里回来 99 个"],
  ["… all are back after", "… 多久后全部回来"],
  ["more than 600 s", "超过 600 s"],
  ["a deploy, all processes", "一次部署，所有进程"],
];

const phrases: readonly Phrase[] = [...run, ...figures, ...caseTitles, ...costs, ...plan];

const patterns = phrases.map(([english, chinese]) => {
  const literal = english.replaceAll(/[.*+?^$()|]/gu, String.raw`\$&`);
  return { pattern: new RegExp(`^${literal.replaceAll("{}", "(.+?)")}$`, "u"), chinese };
});

function translated(text: string): string {
  for (const { pattern, chinese } of patterns) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const parts = found.slice(1);
    return chinese.replaceAll("{}", () => translated(parts.shift() ?? ""));
  }
  return text;
}

function line(text: string): string {
  if (text.startsWith("|")) {
    const cells = text.split("|").slice(1, -1);
    return `| ${cells.map((cell) => translated(cell.trim())).join(" | ")} |`;
  }
  const [mark = ""] = /^(?:#+ |- )?/u.exec(text) ?? [];
  return mark + translated(text.slice(mark.length));
}

/** Markdown as the benchmark makes it, in Chinese. */
export function inChinese(markdown: string): string {
  return markdown.split("\n").map(line).join("\n");
}
