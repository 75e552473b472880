/** What the dashboard says. */
export interface DashboardWords {
  readonly title: string;
  readonly heading: string;
  readonly waiting: string;
  readonly stale: string;
  readonly live: string;
  readonly clients: string;
  readonly users: string;
  readonly connections: string;
  readonly channels: string;
  readonly subscriptions: string;
  readonly slow: string;
  readonly broker: string;
  readonly brokerInside: string;
  readonly brokerWell: (ms: string) => string;
  readonly brokerAway: string;
  readonly uptime: string;
  readonly charts: string;
  readonly people: string;
  readonly traffic: string;
  readonly commands: string;
  readonly publications: string;
  readonly deliveries: string;
  readonly queues: string;
  readonly queued: string;
  readonly memory: string;
  readonly resident: string;
  readonly heap: string;
  readonly loop: string;
  readonly median: string;
  readonly worst: string;
  readonly cpu: string;
  readonly cpuOfCore: string;
  readonly perSecond: (count: string) => string;
  readonly nodes: string;
  readonly node: string;
  readonly version: string;
  readonly own: string;
  readonly channelList: string;
  readonly findChannel: string;
  readonly channel: string;
  readonly subscribers: string;
  readonly history: string;
  readonly noChannels: string;
  readonly clientList: string;
  readonly findUser: string;
  readonly id: string;
  readonly user: string;
  readonly transport: string;
  readonly since: string;
  readonly queue: string;
  readonly address: string;
  readonly noClients: string;
  readonly nobody: string;
  readonly disconnect: string;
  readonly disconnectClient: (user: string) => string;
  readonly comesBack: string;
  readonly staysAway: string;
  readonly refresh: string;
  readonly more: string;
  readonly publish: string;
  readonly data: string;
  readonly dataHint: string;
  readonly published: string;
  readonly publishedAt: (offset: string) => string;
  readonly failed: (reason: string) => string;
}

export const en: DashboardWords = {
  title: "Dashboard",
  heading: "This server",
  waiting: "Waiting for the server…",
  stale: "The line is down: figures are old.",
  live: "Live",
  clients: "Clients",
  users: "Users",
  connections: "Connections",
  channels: "Channels",
  subscriptions: "Subscriptions",
  slow: "Slow consumers",
  broker: "Broker",
  brokerInside: "in this process",
  brokerWell: (ms) => `answers in ${ms}`,
  brokerAway: "does not answer",
  uptime: "Up for",
  charts: "Charts",
  people: "Clients and channels",
  traffic: "Messages",
  commands: "Commands in",
  publications: "Publications",
  deliveries: "Deliveries out",
  queues: "What waits for clients",
  queued: "Queued",
  memory: "Memory",
  resident: "Process",
  heap: "JavaScript heap",
  loop: "Event-loop delay",
  median: "Median",
  worst: "p99",
  cpu: "Processor",
  cpuOfCore: "Of one core",
  perSecond: (count) => `${count}/s`,
  nodes: "Nodes of the fleet",
  node: "Node",
  version: "Version",
  own: "this one",
  channelList: "Channels with subscribers",
  findChannel: "Part of a name",
  channel: "Channel",
  subscribers: "Subscribers",
  history: "History",
  noChannels: "No channel has a subscriber.",
  clientList: "Connected clients",
  findUser: "A user's id, whole",
  id: "Id",
  user: "User",
  transport: "Transport",
  since: "Since",
  queue: "Queue",
  address: "Address",
  noClients: "Nobody is connected.",
  nobody: "guest",
  disconnect: "Disconnect",
  disconnectClient: (user) => `Disconnect ${user}`,
  comesBack: "Comes back (3001)",
  staysAway: "Stays away (3503)",
  refresh: "Refresh",
  more: "More",
  publish: "Publish",
  data: "Data, as JSON",
  dataHint: "What is no JSON is published as text.",
  published: "Published.",
  publishedAt: (offset) => `Published, at place ${offset}.`,
  failed: (reason) => `That did not work: ${reason}`,
};

export const zh: DashboardWords = {
  title: "仪表盘",
  heading: "这台服务器",
  waiting: "正在等待服务器…",
  stale: "连接已断开：数据不是最新的。",
  live: "实时",
  clients: "客户端",
  users: "用户",
  connections: "连接",
  channels: "频道",
  subscriptions: "订阅",
  slow: "慢消费者",
  broker: "消息代理",
  brokerInside: "在本进程内",
  brokerWell: (ms) => `${ms} 内应答`,
  brokerAway: "没有应答",
  uptime: "已运行",
  charts: "图表",
  people: "客户端与频道",
  traffic: "消息",
  commands: "收到的命令",
  publications: "发布",
  deliveries: "送出",
  queues: "等待客户端接收的数据",
  queued: "排队",
  memory: "内存",
  resident: "进程",
  heap: "JavaScript 堆",
  loop: "事件循环延迟",
  median: "中位数",
  worst: "第 99 百分位",
  cpu: "处理器",
  cpuOfCore: "占一个核心",
  perSecond: (count) => `每秒 ${count}`,
  nodes: "集群节点",
  node: "节点",
  version: "版本",
  own: "本节点",
  channelList: "有订阅者的频道",
  findChannel: "名称的一部分",
  channel: "频道",
  subscribers: "订阅者",
  history: "历史",
  noChannels: "没有频道有订阅者。",
  clientList: "已连接的客户端",
  findUser: "完整的用户标识",
  id: "标识",
  user: "用户",
  transport: "传输方式",
  since: "连接时间",
  queue: "队列",
  address: "地址",
  noClients: "没有人连接。",
  nobody: "访客",
  disconnect: "断开",
  disconnectClient: (user) => `断开 ${user}`,
  comesBack: "会重连（3001）",
  staysAway: "不再重连（3503）",
  refresh: "刷新",
  more: "更多",
  publish: "发布",
  data: "数据（JSON）",
  dataHint: "不是 JSON 的内容会作为文本发布。",
  published: "已发布。",
  publishedAt: (offset) => `已发布，位置 ${offset}。`,
  failed: (reason) => `操作没有成功：${reason}`,
};
