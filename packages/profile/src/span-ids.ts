/** Whether the text is a valid trace id of OpenTelemetry in hex, of either case. */
export function isTraceId(text: string): boolean {
  return /^(?!0+$)[0-9a-f]{32}$/i.test(text);
}

/** Whether the text is a valid span id of OpenTelemetry in hex, of either case. */
export function isSpanId(text: string): boolean {
  return /^(?!0+$)[0-9a-f]{16}$/i.test(text);
}
