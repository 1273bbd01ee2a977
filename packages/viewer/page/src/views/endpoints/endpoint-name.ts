/** An endpoint as readers see it. */
export function endpointName(endpoint: string): string {
  return endpoint === '' ? 'work for no endpoint' : endpoint;
}

/** One is named, several are counted. */
export function endpointsText(endpoints: readonly string[]): string {
  if (endpoints.length === 0) return 'all endpoints and other work';
  return endpoints.length === 1 ? endpointName(endpoints[0]!) : `${endpoints.length} endpoints`;
}
