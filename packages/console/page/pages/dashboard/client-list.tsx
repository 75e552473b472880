/** Who is connected, and the way to end that. */
import { useCallback, useState } from "preact/hooks";

import { useSpeech } from "../../language/language.tsx";
import { useUnits } from "../../language/units.ts";
import { useDashboardWords } from "./dashboard-words.ts";
import { ListPanel } from "./list-panel.tsx";
import { usePagedList } from "./paged-list.ts";
import type { ClientRow } from "./server-call.ts";
import { disconnectClient, listClients } from "./server-call.ts";

/** Codes after which clients come back, and stay away. */
const comesBack = 3001;
const staysAway = 3503;

export function ClientList() {
  const words = useDashboardWords();
  const [user, setUser] = useState("");
  const load = useCallback((cursor: string | undefined) => listClients({ user, cursor }), [user]);
  const list = usePagedList(load);
  const [code, setCode] = useState(staysAway);
  const [fault, setFault] = useState<string | undefined>(undefined);
  const end = async (client: ClientRow): Promise<void> => {
    try {
      await disconnectClient(client.id, code);
      setFault(undefined);
    } catch (error) {
      setFault(String(error));
    }
    list.refresh();
  };
  return (
    <ListPanel
      id="dashboard-clients"
      heading={words.clientList}
      search={words.findUser}
      onSearch={setUser}
      list={list}
      fault={fault}
      empty={words.noClients}
      columns={[
        words.user,
        words.id,
        words.transport,
        words.channels,
        words.since,
        words.queue,
        words.address,
        words.disconnect,
      ]}
      beside={
        <select
          aria-label={words.disconnect}
          value={code}
          onChange={(event) => setCode(Number(event.currentTarget.value))}
        >
          <option value={staysAway}>{words.staysAway}</option>
          <option value={comesBack}>{words.comesBack}</option>
        </select>
      }
    >
      {list.rows.map((client) => (
        <Row key={client.id} client={client} onEnd={() => void end(client)} />
      ))}
    </ListPanel>
  );
}

function Row({ client, onEnd }: { client: ClientRow; onEnd: () => void }) {
  const words = useDashboardWords();
  const units = useUnits();
  const { locale } = useSpeech();
  const since = new Date(client.connectedAt * 1000).toLocaleTimeString(locale);
  const user = client.user === "" ? words.nobody : client.user;
  return (
    <tr data-client={client.id}>
      <th scope="row">
        <bdi>{user}</bdi>
      </th>
      <td>
        <code title={client.id}>{client.id.slice(0, 8)}</code>
      </td>
      <td>{client.transport}</td>
      <td title={client.channels.join(", ")}>{units.number(client.channels.length)}</td>
      <td>{since}</td>
      <td>{units.bytes(client.bufferedBytes)}</td>
      <td>{client.address}</td>
      <td>
        <button
          type="button"
          class="button quiet"
          aria-label={words.disconnectClient(`${user} ${client.id.slice(0, 8)}`)}
          onClick={onEnd}
        >
          {words.disconnect}
        </button>
      </td>
    </tr>
  );
}
