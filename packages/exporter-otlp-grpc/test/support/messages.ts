import protobuf from 'protobufjs/minimal.js';

/** `ExportProfilesServiceResponse` with a partial success. */
export function partialSuccess(rejectedProfiles: number, errorMessage: string): Uint8Array {
  return protobuf.Writer.create().uint32(10).fork().uint32(8).int64(rejectedProfiles).uint32(18).string(errorMessage).ldelim().finish();
}

/** `google.rpc.Status` with a `google.rpc.RetryInfo` among its details. */
export function statusWithRetryInfo(code: number, delay: { readonly seconds: number; readonly nanos: number }): Buffer {
  const duration = protobuf.Writer.create().uint32(8).int64(delay.seconds).uint32(16).int32(delay.nanos).finish();
  const retryInfo = protobuf.Writer.create().uint32(10).bytes(duration).finish();
  const status = protobuf.Writer.create().uint32(8).int32(code).uint32(18).string('busy');
  // Another detail first, as servers send several.
  status.uint32(26).fork().uint32(10).string('type.googleapis.com/google.rpc.DebugInfo').uint32(18).bytes(new Uint8Array([1, 2, 3])).ldelim();
  status.uint32(26).fork().uint32(10).string('type.googleapis.com/google.rpc.RetryInfo').uint32(18).bytes(retryInfo).ldelim();
  return Buffer.from(status.finish());
}
