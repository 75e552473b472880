/** What the comparison lab says. */
import { adviceEn, adviceZh } from "./advice-words.ts";
import type { AdviceWords } from "./advice-words.ts";
import type { SettingName } from "./lab-settings.ts";
import type { PerTransport } from "./transports.ts";

export interface LabWords {
  readonly title: string;
  readonly heading: string;
  readonly lead: string;
  readonly transports: PerTransport<string>;
  readonly settings: string;
  readonly setting: Readonly<Record<SettingName, string>>;
  readonly perSecond: (rate: string) => string;
  readonly mode: string;
  readonly together: string;
  readonly inTurns: string;
  readonly togetherHint: string;
  readonly inTurnsHint: string;
  readonly start: string;
  readonly stop: string;
  readonly idle: string;
  readonly opening: string;
  readonly running: string;
  readonly settling: string;
  readonly done: string;
  readonly stopped: string;
  readonly busy: string;
  readonly fleet: string;
  readonly lost: string;
  readonly turnOf: (transport: string) => string;
  readonly progress: string;
  readonly clock: (error: string) => string;
  readonly charts: string;
  readonly latencyChart: string;
  readonly bytesChart: string;
  readonly requestsChart: string;
  readonly seconds: (count: string) => string;
  readonly results: string;
  readonly columns: {
    readonly transport: string;
    readonly delivered: string;
    readonly lost: string;
    readonly median: string;
    readonly p99: string;
    readonly requests: string;
    readonly fromBrowser: string;
    readonly toBrowser: string;
    readonly perUpdate: string;
    readonly cpu: string;
  };
  readonly cpuOnlyInTurns: string;
  readonly problem: (reason: string) => string;
  readonly noRun: string;
  readonly saveCsv: string;
  readonly saveJson: string;
  readonly copy: string;
  readonly copied: string;
  readonly advice: AdviceWords;
}

export const en: LabWords = {
  title: "Compare",
  heading: "Polling, SSE or WebSocket?",
  lead: "One stream of updates, delivered to this page in six ways at the same time. Move the sliders, start a run, and see what each way costs: how late updates are, how many bytes and requests they take, and how much of the server's processor.",
  transports: {
    "short-polling": "Short polling",
    "long-polling": "Long polling",
    sse: "SSE",
    "http-stream": "HTTP streaming",
    websocket: "WebSocket",
    "websocket-deflate": "WebSocket, compressed",
  },
  settings: "What travels",
  setting: {
    rate: "Updates",
    payloadBytes: "Size of each",
    delayMs: "Added network delay, each way",
    pollMs: "Short polls every",
    seconds: "Duration",
  },
  perSecond: (rate) => `${rate} per second`,
  mode: "How they run",
  together: "Side by side",
  inTurns: "One by one",
  togetherHint: "All six at once, on the same updates.",
  inTurnsHint:
    "Each for the whole duration, after a second of rest: only so can the server's processor time be told apart.",
  start: "Start",
  stop: "Stop",
  idle: "Ready.",
  opening: "Opening…",
  running: "Running…",
  settling: "Waiting for the last updates…",
  done: "Done.",
  stopped: "Stopped.",
  busy: "The server has as many runs as it allows. Try again in a minute.",
  fleet:
    "The lab measures one process, and this server is several. Start it without --workers, and with no other behind its broker.",
  lost: "The connection to the server is gone, or its lab is closed.",
  turnOf: (transport) => `Turn of: ${transport}.`,
  progress: "Progress",
  clock: (error) => `Clocks compared: wrong by ${error} at most.`,
  charts: "Charts",
  latencyChart: "Latency from creation to arrival (median of a moment, logarithmic)",
  bytesChart: "Bytes on the wire, both ways",
  requestsChart: "Requests",
  seconds: (count) => `${count} s`,
  results: "Figures",
  columns: {
    transport: "Transport",
    delivered: "Delivered",
    lost: "Lost",
    median: "Median",
    p99: "p99",
    requests: "Requests",
    fromBrowser: "Bytes up",
    toBrowser: "Bytes down",
    perUpdate: "Per update",
    cpu: "Server CPU per update",
  },
  cpuOnlyInTurns: "The server's processor time is known when the transports run one by one.",
  problem: (reason) => `Broke off: ${reason}`,
  noRun: "the server has several processes, or the line was cut",
  saveCsv: "Save CSV",
  saveJson: "Save JSON",
  copy: "Copy table",
  copied: "Copied",
  advice: adviceEn,
};

export const zh: LabWords = {
  title: "对比",
  heading: "轮询、SSE 还是 WebSocket？",
  lead: "同一串更新，同时用六种方式送到本页。拖动滑块，开始运行，看看每种方式的代价：更新晚到多少，用了多少字节和请求，占用服务器多少处理器时间。",
  transports: {
    "short-polling": "短轮询",
    "long-polling": "长轮询",
    sse: "SSE 事件流",
    "http-stream": "HTTP 流",
    websocket: "WebSocket 不压缩",
    "websocket-deflate": "WebSocket 压缩",
  },
  settings: "传输什么",
  setting: {
    rate: "更新频率",
    payloadBytes: "每条大小",
    delayMs: "单向附加网络延迟",
    pollMs: "短轮询间隔",
    seconds: "时长",
  },
  perSecond: (rate) => `每秒 ${rate} 条`,
  mode: "运行方式",
  together: "同时",
  inTurns: "逐个",
  togetherHint: "六种方式同时接收同一串更新。",
  inTurnsHint: "每种方式单独运行完整时长，之前静置一秒：只有这样才能区分服务器的处理器时间。",
  start: "开始",
  stop: "停止",
  idle: "准备就绪。",
  opening: "正在打开…",
  running: "正在运行…",
  settling: "等待最后的更新…",
  done: "完成。",
  stopped: "已停止。",
  busy: "服务器上的运行数已达上限，请一分钟后再试。",
  fleet:
    "这里测量的是单个进程，而这个服务器由多个进程组成。请不带 --workers、也不与其他服务器共用消息代理，单独启动它。",
  lost: "与服务器的连接已断开，或者对比功能未开放。",
  turnOf: (transport) => `当前：${transport}。`,
  progress: "进度",
  clock: (error) => `时钟已比对：误差不超过 ${error}。`,
  charts: "图表",
  latencyChart: "从产生到到达的延迟（瞬时中位数，对数刻度）",
  bytesChart: "线路上的字节数，双向合计",
  requestsChart: "请求数",
  seconds: (count) => `${count} 秒`,
  results: "数据",
  columns: {
    transport: "传输方式",
    delivered: "送达",
    lost: "丢失",
    median: "中位数",
    p99: "第 99 百分位",
    requests: "请求",
    fromBrowser: "上行字节",
    toBrowser: "下行字节",
    perUpdate: "每条更新",
    cpu: "每条更新的服务器处理器时间",
  },
  cpuOnlyInTurns: "只有逐个运行时才能知道服务器的处理器时间。",
  problem: (reason) => `中断：${reason}`,
  noRun: "服务器有多个进程，或连接被切断",
  saveCsv: "保存 CSV",
  saveJson: "保存 JSON",
  copy: "复制表格",
  copied: "已复制",
  advice: adviceZh,
};
