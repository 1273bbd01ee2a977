// google.rpc.Code
const UNKNOWN = 2;
const INVALID_ARGUMENT = 3;
const PERMISSION_DENIED = 7;
const RESOURCE_EXHAUSTED = 8;
const INTERNAL = 13;
const UNAVAILABLE = 14;

/** The `google.rpc.Code` that says the same as an HTTP status. */
export function rpcCodeOf(httpStatus: number): number {
  switch (httpStatus) {
    case 400:
    case 415:
      return INVALID_ARGUMENT;
    case 403:
      return PERMISSION_DENIED;
    case 413:
      return RESOURCE_EXHAUSTED;
    case 500:
      return INTERNAL;
    case 503:
      return UNAVAILABLE;
    default:
      return UNKNOWN;
  }
}
