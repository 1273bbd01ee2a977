/** The first of the variables that is set and not empty. */
export function readVariable(environment: NodeJS.ProcessEnv, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = environment[name]?.trim();
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

/** `DD_TAGS`: `key:value` pairs with commas between them, or with spaces where there is no comma. */
export function parseEnvironmentTags(text: string): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const pair of text.split(text.includes(',') ? ',' : /\s+/)) {
    const colon = pair.indexOf(':');
    const key = pair.slice(0, Math.max(colon, 0)).trim();
    const value = pair.slice(colon + 1).trim();
    if (key !== '' && value !== '') tags[key] = value;
  }
  return tags;
}
