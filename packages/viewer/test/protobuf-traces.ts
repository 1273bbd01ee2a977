import { BinaryWriter } from '@bufbuild/protobuf/wire';

export interface ProtobufSpan {
  readonly traceId?: number;
  readonly spanId?: number;
}

function idBytes(value: number, length: number): Uint8Array {
  const bytes = Buffer.alloc(length);
  bytes.writeUInt32BE(value, length - 4);
  return bytes;
}

/** A message of OTLP traces with small spans of service `shop`. */
export function protobufTraces(spans: readonly ProtobufSpan[] = [{}]): Uint8Array {
  const scopeSpans = new BinaryWriter();
  for (const { traceId = 1, spanId = 1 } of spans) {
    scopeSpans.uint32(0x12).bytes(new BinaryWriter()
      .uint32(0x0a).bytes(idBytes(traceId, 16)).uint32(0x12).bytes(idBytes(spanId, 8)).uint32(0x2a).string('GET /a')
      .uint32(0x39).fixed64(1_700_000_000_000_000_000n).uint32(0x41).fixed64(1_700_000_000_100_000_000n).finish());
  }
  const name = new BinaryWriter().uint32(0x0a).string('service.name').uint32(0x12).bytes(new BinaryWriter().uint32(0x0a).string('shop').finish()).finish();
  const resource = new BinaryWriter().uint32(0x0a).bytes(name).finish();
  return new BinaryWriter().uint32(0x0a).bytes(new BinaryWriter().uint32(0x0a).bytes(resource).uint32(0x12).bytes(scopeSpans.finish()).finish()).finish();
}
