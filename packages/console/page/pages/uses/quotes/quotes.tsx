/** Stock quotes: the table, and the chart of what is chosen in it. */
import { useEffect, useMemo, useState } from "preact/hooks";

import { LineChart } from "../../../charts/line-chart.tsx";
import { useSpeech } from "../../../language/language.tsx";
import { useLine } from "../../../line/line-context.ts";
import { useValue } from "../../../shell/observable.ts";
import { UseFrame } from "../use-frame.tsx";
import { Sparkline } from "./sparkline.tsx";
import { changedCount, changePercent } from "./tape.ts";
import type { Row, Tape } from "./tape.ts";
import { Ticker } from "./ticker.ts";
import "./quotes.css";

export function Quotes() {
  const { words } = useSpeech();
  const line = useLine();
  const ticker = useMemo(() => new Ticker(), []);
  useEffect(() => line.openAsGuest(), [line]);
  useEffect(() => ticker.open(line), [ticker, line]);
  const tape = useValue(ticker.tape);
  const problem = useValue(ticker.problem);
  return (
    <UseFrame id="quotes" problem={problem}>
      {tape === undefined ? (
        <p class="use-waiting" role="status">
          {words.uses.waiting}
        </p>
      ) : (
        <Market tape={tape} />
      )}
    </UseFrame>
  );
}

function Market(props: { tape: Tape }) {
  const { words, locale } = useSpeech();
  const said = words.uses.quotes;
  const { tape } = props;
  const [chosen, choose] = useState(tape.rows[0]?.symbol);
  const row = tape.rows.find(({ symbol }) => symbol === chosen) ?? tape.rows[0];
  return (
    <>
      <div class="quotes-layout">
        <section class="use-panel quotes-table">
          <table>
            <thead>
              <tr>
                <th scope="col">{said.symbol}</th>
                <th scope="col" class="number">
                  {said.price}
                </th>
                <th scope="col" class="number">
                  {said.change}
                </th>
                <th scope="col" class="quotes-trend">
                  {said.trend}
                </th>
              </tr>
            </thead>
            <tbody data-tick={tape.tick}>
              {tape.rows.map((one) => (
                <QuoteRow
                  key={one.symbol}
                  row={one}
                  tick={tape.tick}
                  chosen={one.symbol === row?.symbol}
                  onChoose={() => choose(one.symbol)}
                />
              ))}
            </tbody>
          </table>
        </section>
        {row !== undefined && (
          <section class="use-panel">
            <LineChart
              label={said.chart(said.names[row.symbol] ?? row.symbol)}
              series={[
                {
                  name: row.symbol,
                  tone: row.price >= row.open ? "good" : "bad",
                  points: pointsOf(row, tape),
                },
              ]}
              format={(value) => priceText(value, locale)}
              formatX={(x) => (x > -1 ? said.now : said.ago(Math.round(-x)))}
              scale="fitted"
              height={260}
            />
          </section>
        )}
      </div>
      <p class="hint quotes-foot">
        <span>{said.changed(changedCount(tape))}</span>
        <span>{said.madeUp}</span>
      </p>
    </>
  );
}

function QuoteRow(props: { row: Row; tick: number; chosen: boolean; onChoose: () => void }) {
  const { words, locale } = useSpeech();
  const said = words.uses.quotes;
  const { row } = props;
  const percent = changePercent(row);
  const name = said.names[row.symbol] ?? row.symbol;
  return (
    <tr data-chosen={props.chosen || undefined} onClick={props.onChoose}>
      <th scope="row">
        <button
          type="button"
          class="quote-name"
          aria-pressed={props.chosen}
          onClick={props.onChoose}
        >
          <b>{row.symbol}</b> <span>{name}</span>
        </button>
      </th>
      <td class="number">
        <span key={row.turn === 0 ? "still" : props.tick} class="quote-price" data-turn={row.turn}>
          {priceText(row.price, locale)}
        </span>
      </td>
      <td class="number quote-change" data-sign={Math.sign(percent)}>
        <span aria-hidden="true">{percent > 0 ? "▲" : percent < 0 ? "▼" : "■"}</span>{" "}
        {Math.abs(percent).toLocaleString(locale, {
          minimumFractionDigits: 2,
          maximumFractionDigits: 2,
        })}{" "}
        %
        <span class="hidden">
          {percent > 0 ? said.rises : percent < 0 ? said.falls : said.stands}
        </span>
      </td>
      <td class="quotes-trend">
        <Sparkline values={row.past} tone={percent >= 0 ? "good" : "bad"} />
      </td>
    </tr>
  );
}

function priceText(price: number, locale: string): string {
  return price.toLocaleString(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** Seconds before now, and the price. */
function pointsOf({ past }: Row, { tickMs }: Tape): readonly (readonly [number, number])[] {
  return past.map((price, index) => [((index - past.length + 1) * tickMs) / 1_000, price]);
}
