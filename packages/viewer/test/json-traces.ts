export function jsonSpan(fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    traceId: 'ab'.repeat(16),
    spanId: 'cd'.repeat(8),
    name: 'GET /a',
    kind: 2,
    startTimeUnixNano: '1700000000000000001',
    endTimeUnixNano: '1700000000100000002',
    ...fields,
    // Nested JSON is given as text: to build it as objects and to print those would recurse.
    ...(typeof fields['attributes'] === 'string' ? { attributes: `\u0000${fields['attributes']}\u0000` } : {}),
  };
}

export function jsonTraces(spans: readonly unknown[]): string {
  const text = JSON.stringify({ resourceSpans: [{ resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] }, scopeSpans: [{ scope: { name: 'test' }, spans }] }] });
  return text.replaceAll(/"\\u0000(.*?)\\u0000"/g, (_match, raw: string) => JSON.parse(`"${raw}"`) as string);
}
