/** Ends the demo with a message for the person who started it; no stack trace is shown. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
}
