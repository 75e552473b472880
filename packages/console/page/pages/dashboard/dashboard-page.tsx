/** The operator's dashboard: how the server is, who is there, and what can be done about it. */
import { useEffect, useMemo } from "preact/hooks";

import { useUnits } from "../../language/units.ts";
import { DataTable } from "../../shell/data-table.tsx";
import { useValue } from "../../shell/observable.ts";
import { ChannelList } from "./channel-list.tsx";
import { ClientList } from "./client-list.tsx";
import { useDashboardWords } from "./dashboard-words.ts";
import "./dashboard.css";
import { PublishForm } from "./publish-form.tsx";
import { ServerWatch } from "./server-watch.ts";
import type { Snapshot } from "./snapshot.ts";
import { TrendCharts } from "./trend-charts.tsx";

export function DashboardPage() {
  const words = useDashboardWords();
  const watch = useMemo(() => new ServerWatch(), []);
  useEffect(() => watch.start(), [watch]);
  const { snapshot, trends, live } = useValue(watch.state);

  useEffect(() => {
    document.title = `${words.title} · Tautline`;
  }, [words]);

  return (
    <div class="dashboard">
      <header class="dashboard-head">
        <h1>{words.heading}</h1>
        <p role="status" data-live={live}>
          {live ? words.live : snapshot === undefined ? words.waiting : words.stale}
        </p>
      </header>
      {snapshot !== undefined && (
        <>
          <Tiles snapshot={snapshot} />
          <TrendCharts trends={trends} />
          <Nodes snapshot={snapshot} />
        </>
      )}
      <ClientList />
      <ChannelList />
      <PublishForm />
    </div>
  );
}

function Tiles({ snapshot }: { snapshot: Snapshot }) {
  const words = useDashboardWords();
  const units = useUnits();
  const { hub, queues, broker } = snapshot;
  const health = !broker.remote
    ? words.brokerInside
    : broker.well === false
      ? words.brokerAway
      : words.brokerWell(units.ms(broker.answerMs ?? 0));
  const tiles: readonly (readonly [
    name: string,
    value: string,
    tone?: "bad" | "good" | undefined,
  ])[] = [
    [words.clients, units.number(hub.clients)],
    [words.users, units.number(hub.users)],
    [words.connections, units.number(hub.connections)],
    [words.channels, units.number(hub.channels)],
    [words.subscriptions, units.number(hub.subscriptions)],
    [words.slow, units.number(queues.slow), queues.slow > 0 ? "bad" : undefined],
    [words.broker, health, broker.well === false ? "bad" : "good"],
    [words.uptime, units.duration(hub.uptimeMs)],
  ];
  return (
    <dl class="dashboard-tiles">
      {tiles.map(([name, value, tone]) => (
        <div key={name} class="panel" data-tone={tone}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Nodes({ snapshot }: { snapshot: Snapshot }) {
  const words = useDashboardWords();
  const units = useUnits();
  return (
    <section class="panel">
      <h2 id="dashboard-nodes">{words.nodes}</h2>
      <DataTable
        labelledBy="dashboard-nodes"
        columns={[
          words.node,
          words.version,
          words.clients,
          words.channels,
          words.subscriptions,
          words.cpu,
          words.memory,
          words.uptime,
        ]}
      >
        {snapshot.nodes.map((node) => (
          <tr key={node.id}>
            <th scope="row">
              {node.name} {node.id === snapshot.node && <small>({words.own})</small>}
            </th>
            <td>{node.version}</td>
            <td>{units.number(node.clients)}</td>
            <td>{units.number(node.channels)}</td>
            <td>{units.number(node.subscriptions)}</td>
            <td>{units.number(node.cpuPercent)} %</td>
            <td>{units.bytes(node.memoryBytes)}</td>
            <td>{units.duration(node.uptimeMs)}</td>
          </tr>
        ))}
      </DataTable>
    </section>
  );
}
