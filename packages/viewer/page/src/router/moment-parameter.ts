/** What a `Date` holds at most. */
const MAX_MOMENT = 8.64e15;

/** A parameter in milliseconds since the Unix epoch; undefined where it is not there, or no moment. */
export function momentOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  const value = text === null || text.trim() === '' ? Number.NaN : Number(text);
  return value >= 0 && value <= MAX_MOMENT ? value : undefined;
}
