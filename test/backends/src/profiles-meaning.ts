import type { OtlpAnyValue, OtlpKeyValue, OtlpProfile, ProfilesData, ProfilesDictionary } from '@flamespan/profile';

/**
 * What a message says, without how its tables are laid out: every index and every reference resolved, samples sorted.
 * Two messages with equal meanings carry the same profiles.
 */
export function meaningOf({ resourceProfiles, dictionary }: ProfilesData): unknown {
  const resolver = createResolver(dictionary!);
  return resourceProfiles.map(({ resource, scopeProfiles, schemaUrl }) => ({
    resource: resolver.attributes(resource?.attributes ?? []),
    schemaUrl,
    scopes: scopeProfiles.map(({ scope, profiles, schemaUrl: scopeSchemaUrl }) => ({
      name: scope?.name,
      version: scope?.version,
      attributes: resolver.attributes(scope?.attributes ?? []),
      schemaUrl: scopeSchemaUrl,
      profiles: profiles.map((profile) => resolver.profile(profile)),
    })),
  }));
}

interface Resolver {
  attributes(list: readonly OtlpKeyValue[]): unknown;
  profile(profile: OtlpProfile): unknown;
}

function createResolver(dictionary: ProfilesDictionary): Resolver {
  const { stringTable, functionTable, locationTable, stackTable, attributeTable, linkTable } = dictionary;
  const string = (index: number): string => stringTable[index]!;

  const value = (any: OtlpAnyValue | undefined): unknown => {
    if (any?.case === undefined) return null;
    if (any.case === 'stringValueStrindex') return { stringValue: string(any.value) };
    if (any.case === 'arrayValue') return { arrayValue: any.value.values.map(value) };
    if (any.case === 'kvlistValue') return { kvlistValue: attributes(any.value.values) };
    return { [any.case]: any.case === 'bytesValue' ? hex(any.value) : String(any.value) };
  };
  const attributes = (list: readonly OtlpKeyValue[]): unknown =>
    Object.fromEntries(list.map(({ key, keyStrindex, value: any }) => [key || string(keyStrindex), value(any)]));
  const indexedAttributes = (indices: readonly number[]): unknown =>
    Object.fromEntries(
      indices.map((index) => {
        const { keyStrindex, value: any, unitStrindex } = attributeTable[index]!;
        return [string(keyStrindex), [value(any), string(unitStrindex)]];
      }),
    );

  const functions = functionTable.map(({ nameStrindex, systemNameStrindex, filenameStrindex, startLine }) =>
    [string(nameStrindex), string(systemNameStrindex), string(filenameStrindex), startLine].join(':'));
  const locations = locationTable.map(({ address, lines, attributeIndices }) =>
    JSON.stringify([`${address}`, lines.map(({ functionIndex, line, column }) => `${functions[functionIndex]}@${line}:${column}`), indexedAttributes(attributeIndices)]));
  const stacks = stackTable.map(({ locationIndices }) => locationIndices.map((index) => locations[index]).join(' < '));
  const links = linkTable.map(({ traceId, spanId }) => `${hex(traceId)}/${hex(spanId)}`);
  const valueType = (type: { typeStrindex: number; unitStrindex: number } | undefined): unknown =>
    type && [string(type.typeStrindex), string(type.unitStrindex)];

  return {
    attributes,
    profile: ({ sampleType, periodType, period, timeUnixNano, durationNano, profileId, attributeIndices, samples }) => ({
      sampleType: valueType(sampleType),
      periodType: valueType(periodType),
      numbers: [period, timeUnixNano, durationNano].map(String),
      profileId: hex(profileId),
      attributes: indexedAttributes(attributeIndices),
      samples: samples
        .map((sample) =>
          JSON.stringify([
            stacks[sample.stackIndex],
            links[sample.linkIndex],
            indexedAttributes(sample.attributeIndices),
            sample.values.map(String),
            sample.timestampsUnixNano.map(String),
          ]))
        .sort(),
    }),
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
