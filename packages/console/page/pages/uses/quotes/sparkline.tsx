/** A line so small that it says only which way things go. */

const [width, height] = [96, 26];

export function Sparkline(props: { values: readonly number[]; tone: "good" | "bad" }) {
  return (
    <svg
      class="sparkline"
      data-tone={props.tone}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      aria-hidden="true"
    >
      <path d={sparkPath(props.values)} />
    </svg>
  );
}

function sparkPath(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const span = most - least || 1;
  const step = width / Math.max(1, values.length - 1);
  return values
    .map((value, index) => {
      const y = height - 2 - ((value - least) / span) * (height - 4);
      return `${index === 0 ? "M" : "L"}${(index * step).toFixed(1)} ${y.toFixed(1)}`;
    })
    .join("");
}
