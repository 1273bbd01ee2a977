export interface Progress {
  /** Shows `text` as the state now. */
  update(text: string): void;
  /** Shows `text` for good. */
  finish(text: string): void;
}

const PLAIN_LINE_INTERVAL_MILLIS = 5000;

/** One line that changes in place on a terminal, elsewhere a line every few seconds. */
export function createProgress(stream: NodeJS.WriteStream): Progress {
  const { isTTY } = stream;
  let lastLineAt = performance.now();
  return {
    update(text) {
      if (isTTY) {
        stream.write(`\r\u001B[K${text.slice(0, stream.columns - 1)}`);
      } else if (performance.now() - lastLineAt >= PLAIN_LINE_INTERVAL_MILLIS) {
        lastLineAt = performance.now();
        stream.write(`${text}\n`);
      }
    },
    finish(text) {
      stream.write(isTTY ? `\r\u001B[K${text}\n` : `${text}\n`);
    },
  };
}
