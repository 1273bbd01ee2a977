/** Whether `NO_PROXY` names the host of a URL: as `*`, by its name, or by a domain above it, each with a port or without. */
export function isExcludedFromProxy({ protocol, hostname, port }: URL, noProxy: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  const hostPort = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  return noProxy.toLowerCase().split(/[\s,]+/).some((entry) => {
    const entryPort = /^(?:[^:]+|\[.*\]):(\d+)$/.exec(entry)?.[1];
    if (entryPort !== undefined && entryPort !== hostPort) return false;
    const name = (entryPort === undefined ? entry : entry.slice(0, -entryPort.length - 1)).replace(/^\[|\]$/g, '');
    if (name === '*') return true;
    const domain = name.replace(/^\*?\./, '');
    return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
  });
}
