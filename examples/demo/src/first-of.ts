/** Settles as the first of the promises, or rejects with the reason of the interruption. */
export async function firstOf<Value>(interruption: AbortSignal, promises: readonly Promise<Value>[]): Promise<Value> {
  const settled = new AbortController();
  const interrupted = new Promise<never>((_resolve, reject) => {
    const onAbort = (): void => reject(interruption.reason as Error);
    if (interruption.aborted) onAbort();
    else interruption.addEventListener('abort', onAbort, { once: true, signal: settled.signal });
  });
  try {
    return await Promise.race([interrupted, ...promises]);
  } finally {
    settled.abort();
  }
}
