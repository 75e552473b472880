/** Which channels have subscribers, how many, and how long their history is. */
import { useCallback, useState } from "preact/hooks";

import { useUnits } from "../../language/units.ts";
import { useDashboardWords } from "./dashboard-words.ts";
import { ListPanel } from "./list-panel.tsx";
import { usePagedList } from "./paged-list.ts";
import { listChannels } from "./server-call.ts";

export function ChannelList() {
  const words = useDashboardWords();
  const units = useUnits();
  const [part, setPart] = useState("");
  const load = useCallback((cursor: string | undefined) => listChannels(part, cursor), [part]);
  const list = usePagedList(load);
  return (
    <ListPanel
      id="dashboard-channels"
      heading={words.channelList}
      search={words.findChannel}
      onSearch={setPart}
      list={list}
      empty={words.noChannels}
      columns={[words.channel, words.subscribers, words.history]}
    >
      {list.rows.map(({ name, clients, history }) => (
        <tr key={name} data-channel={name}>
          <th scope="row">
            <bdi>{name}</bdi>
          </th>
          <td>{units.number(clients)}</td>
          <td>{history === undefined ? "–" : units.number(history)}</td>
        </tr>
      ))}
    </ListPanel>
  );
}
