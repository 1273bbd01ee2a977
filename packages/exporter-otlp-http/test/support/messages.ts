import protobuf from 'protobufjs/minimal.js';

/** `ExportProfilesServiceResponse` with a partial success. */
export function partialSuccess(rejectedProfiles: number | { low: number; high: number; unsigned: boolean }, errorMessage: string): Uint8Array {
  return protobuf.Writer.create().uint32(10).fork().uint32(8).int64(rejectedProfiles).uint32(18).string(errorMessage).ldelim().finish();
}

/** `google.rpc.Status`, with details that nobody here knows. */
export function rpcStatus(code: number, message: string): Uint8Array {
  return protobuf.Writer.create().uint32(8).int32(code).uint32(18).string(message).uint32(26).bytes(new Uint8Array([1, 2, 3])).finish();
}
