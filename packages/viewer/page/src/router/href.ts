/** null and undefined remove a parameter, `[]` does too; a list repeats it. */
export type QueryChanges = Readonly<Record<string, string | number | readonly string[] | null | undefined>>;

export function hrefOf(path: string, changes: QueryChanges, query?: URLSearchParams): string {
  const changed = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    changed.delete(name);
    if (value === null || value === undefined) continue;
    for (const one of Array.isArray(value) ? value as readonly string[] : [String(value)]) changed.append(name, one);
  }
  const text = changed.toString();
  return text === '' ? path : `${path}?${text}`;
}
