/** Where a redirect leads, as it may be shown: the host alone, since the rest of a Location may hold tokens. */
export function redirectionHost(location: string | undefined, url: URL): string {
  if (location === undefined || !URL.canParse(location, url.href)) return 'nowhere';
  return new URL(location, url).host;
}
