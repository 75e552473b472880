/** A disc with a name's first character, in a colour that follows from the name. */
const hues = 8;

/** The same name has the same colour in every window. */
export function hueOf(name: string): number {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return sum % hues;
}

export function Avatar(props: { name: string }) {
  const [initial = "?"] = props.name;
  return (
    <span class={`avatar hue-${hueOf(props.name)}`} aria-hidden="true">
      {initial.toLocaleUpperCase()}
    </span>
  );
}
