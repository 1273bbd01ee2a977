/** Shorter values are no secrets, and would tear holes into ordinary words. */
const SHORTEST_SECRET = 5;
const REPLACEMENT = '[redacted]';

/** Takes out of a text what may not be logged. */
export type Redactor = (text: string) => string;

/** The URL as it may be shown: without credentials, query and fragment. */
export function displayUrl(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

/**
 * Removes the values of our request's headers and the secret parts of its URL from `text`: servers and proxies quote
 * what they refuse.
 */
export function createRedactor(url: URL, headers: Readonly<Record<string, unknown>>): Redactor {
  const secrets = new Set<string>();
  const add = (secret: string): void => {
    if (secret.length >= SHORTEST_SECRET) secrets.add(secret);
  };
  for (const [name, value] of Object.entries(headers)) {
    if (name.toLowerCase() === 'content-type') continue;
    const text = String(value);
    add(text);
    // The token of "Bearer <token>", the pair of "a=1; b=2".
    for (const part of text.split(/[\s,;=]+/)) if (part.length >= 8) add(part);
  }
  for (const encoded of [url.username, url.password, url.search.slice(1), ...url.searchParams.values()]) {
    add(encoded);
    add(decode(encoded));
  }
  if (url.username !== '' || url.password !== '') {
    add(Buffer.from(`${decode(url.username)}:${decode(url.password)}`).toString('base64'));
  }
  // Longest first: a secret may hold another.
  const ordered = [...secrets].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((result, secret) => result.replaceAll(secret, REPLACEMENT), text);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
