/**
 * How servers say that a request, or a profile in it, is larger than they take: gRPC of Go, Node.js and C++; of Java; of
 * .NET; of Rust (tonic); the Collector's HTTP receiver; Pyroscope's limits of samples and bytes in a profile and of bytes
 * in a request; and proxies in front of a gRPC server.
 */
const TOO_LARGE = new RegExp(
  [
    'larger than max',
    'to a size larger than',
    'with a size larger than',
    'message exceeds maximum size',
    'exceeds the maximum configured message size',
    'message length too large',
    'request body too large',
    'exceeds the (?:samples count|size) limit',
    'payload size exceeds limit',
    'HTTP status code 413',
  ].join('|'),
  'i',
);
/** The parts are to fit with some room: what they have in common is in each of them. */
const ROOM = 1.15;

/**
 * Whether a refusal means that the request was too large.
 *
 * @param message - what the server says, in full
 * @param requestBytes - length of the request before compression
 * @returns how many times too large, 2 where the server does not say; undefined if it means something else, such as an
 * answer that is larger than we take.
 */
export function timesTooLarge(message: string, requestBytes: number): number | undefined {
  const found = TOO_LARGE.exec(message);
  if (found === null) return undefined;
  const [first, second] = message.slice(found.index + found[0].length, found.index + 200).match(/(?<![\d.])\d+(?!\.?\d)/g)?.map(Number) ?? [];
  if (first === undefined || second === undefined || first === 0 || second === 0) return 2;
  const size = Math.max(first, second);
  // gzip may add a few bytes.
  return size > requestBytes + 100 ? undefined : (size / Math.min(first, second)) * ROOM;
}
