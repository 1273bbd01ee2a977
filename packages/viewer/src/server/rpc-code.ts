export type RpcCode = 'UNKNOWN' | 'INVALID_ARGUMENT' | 'PERMISSION_DENIED' | 'RESOURCE_EXHAUSTED' | 'INTERNAL' | 'UNAVAILABLE';

/** Of `google.rpc.Code`, what the viewer answers. */
export const RPC_CODES: Readonly<Record<RpcCode, number>> = Object.freeze({
  UNKNOWN: 2, INVALID_ARGUMENT: 3, PERMISSION_DENIED: 7, RESOURCE_EXHAUSTED: 8, INTERNAL: 13, UNAVAILABLE: 14,
});

/** The code that says the same as an HTTP status. */
export function rpcCodeOf(httpStatus: number): RpcCode {
  switch (httpStatus) {
    case 400:
    case 415:
      return 'INVALID_ARGUMENT';
    case 403:
      return 'PERMISSION_DENIED';
    case 413:
      return 'RESOURCE_EXHAUSTED';
    case 500:
      return 'INTERNAL';
    case 503:
      return 'UNAVAILABLE';
    default:
      return 'UNKNOWN';
  }
}
