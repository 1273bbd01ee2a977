import type { OtlpKeyValue, OtlpMapping, ProfilesData, ProfilesDictionary } from '../otlp/messages.ts';
import { visitReferences } from '../otlp/references.ts';
import type { TableName } from '../otlp/references.ts';
import type { ConformanceRules } from './conformance-rule.ts';

const TABLES: readonly TableName[] = [
  'mappingTable', 'locationTable', 'functionTable', 'linkTable', 'stringTable', 'attributeTable', 'stackTable',
];
const BUILD_IDS = [
  'process.executable.build_id.gnu', 'process.executable.build_id.go', 'process.executable.build_id.htlhash',
];

/** Rules about the dictionary. */
export const tableRules: ConformanceRules = {
  'table-present': ({ dictionary }, report) => {
    for (const table of TABLES) if (!dictionary?.[table].length) report(`${table} is empty`);
  },
  'zero-entry': ({ dictionary }, report) => {
    for (const table of TABLES) {
      const first = dictionary?.[table][0];
      if (first !== undefined && !isZero(first)) report(`${table}[0] is ${keyOf(first)}`);
    }
  },
  'index-in-range': (data, report) => {
    visitReferences(data, (table, index, field) => {
      const length = data.dictionary?.[table].length ?? 0;
      if (index < 0 || index >= length) report(`${field} is ${index}, ${table} has ${length} entries`);
    });
  },
  'no-duplicates': ({ dictionary }, report) => {
    for (const table of TABLES) {
      const seen = new Set<string>();
      for (const entry of dictionary?.[table] ?? []) {
        const key = keyOf(table === 'mappingTable' ? withSortedAttributes(entry as OtlpMapping) : entry);
        if (seen.has(key)) report(`${table} has ${key} twice`);
        seen.add(key);
      }
    }
  },
  // Strings that only inline attributes refer to are not counted as referenced by the conformance tool either.
  'no-orphans': (data, report) => {
    const referenced = new Map(TABLES.map((table) => [table, new Set([0])]));
    visitReferences(data, (table, index, field) => {
      if (field === 'KeyValue.keyStrindex' || field === 'AnyValue.stringValueStrindex') return;
      referenced.get(table)?.add(index);
    });
    for (const table of TABLES) {
      data.dictionary?.[table].forEach((entry, index) => {
        if (!referenced.get(table)?.has(index)) report(`nothing refers to ${table}[${index}], ${keyOf(entry)}`);
      });
    }
  },
  'attribute-keys-unique': (data, report) => {
    const check = (where: string, keys: readonly string[]): void => {
      if (new Set(keys).size !== keys.length) report(`${where} has a key twice: ${keys.join(', ')}`);
    };
    for (const [where, indices] of attributeLists(data)) check(where, indices.map((index) => keyAt(data, index)));
    for (const [where, attributes] of inlineAttributes(data)) check(where, attributes.map(({ key, keyStrindex }) => key || `#${keyStrindex}`));
  },
  'attributes-inline': (data, report) => {
    for (const [where, attributes] of inlineAttributes(data)) {
      for (const { key, keyStrindex, value } of attributes) {
        if (keyStrindex !== 0 || value?.case === 'stringValueStrindex') report(`${where}: ${key} is a reference`);
      }
    }
  },
  'link-ids': ({ dictionary }, report) => {
    dictionary?.linkTable.forEach(({ traceId, spanId }, index) => {
      if (index === 0) return;
      if (traceId.length !== 16 || spanId.length !== 8) report(`Link ${index}: ${traceId.length} and ${spanId.length} bytes`);
      else if (traceId.every((byte) => byte === 0) || spanId.every((byte) => byte === 0)) report(`Link ${index} is all zero`);
    });
  },
  'numbers-not-negative': ({ dictionary }, report) => {
    dictionary?.locationTable.forEach(({ lines }, index) => {
      for (const { line, column } of lines) if (line < 0n || column < 0n) report(`Location ${index}: ${line}:${column}`);
    });
    dictionary?.functionTable.forEach(({ startLine }, index) => {
      if (startLine < 0n) report(`Function ${index}: start_line ${startLine}`);
    });
  },
  'function-named': ({ dictionary }, report) => {
    dictionary?.functionTable.forEach(({ nameStrindex, systemNameStrindex, filenameStrindex }, index) => {
      if (index > 0 && nameStrindex === 0 && systemNameStrindex === 0 && filenameStrindex === 0) {
        report(`Function ${index} has neither a name nor a file`);
      }
    });
  },
  'mapping-range': ({ dictionary }, report) => {
    dictionary?.mappingTable.forEach(({ memoryStart, memoryLimit }, index) => {
      if (index === 0 || (memoryStart === 0n && memoryLimit === 0n) || memoryStart < memoryLimit) return;
      report(`Mapping ${index}: [${memoryStart}, ${memoryLimit})`);
    });
  },
  'mapping-build-id': (data, report) => {
    data.dictionary?.mappingTable.forEach(({ attributeIndices }, index) => {
      if (index > 0 && !attributeIndices.some((attribute) => BUILD_IDS.includes(keyAt(data, attribute)))) {
        report(`Mapping ${index} has no build id`);
      }
    });
  },
};

function isZero(entry: ProfilesDictionary[TableName][number]): boolean {
  if (typeof entry === 'string') return entry === '';
  return Object.values(entry).every((value: unknown) => {
    if (Array.isArray(value) || value instanceof Uint8Array) return value.length === 0;
    return value === undefined || value === 0 || value === 0n;
  });
}

function withSortedAttributes(mapping: OtlpMapping): OtlpMapping {
  return { ...mapping, attributeIndices: mapping.attributeIndices.toSorted((a, b) => a - b) };
}

/** Equal for equal entries, and readable. */
function keyOf(entry: unknown): string {
  return JSON.stringify(entry, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}

function keyAt({ dictionary }: ProfilesData, attributeIndex: number): string {
  const entry = dictionary?.attributeTable[attributeIndex];
  return (entry && dictionary?.stringTable[entry.keyStrindex]) ?? `#${attributeIndex}`;
}

function* attributeLists({ resourceProfiles, dictionary }: ProfilesData): Iterable<[string, readonly number[]]> {
  for (const { scopeProfiles } of resourceProfiles) {
    for (const profile of scopeProfiles.flatMap(({ profiles }) => profiles)) {
      yield ['a Profile', profile.attributeIndices];
      for (const sample of profile.samples) yield ['a Sample', sample.attributeIndices];
    }
  }
  for (const location of dictionary?.locationTable ?? []) yield ['a Location', location.attributeIndices];
  for (const mapping of dictionary?.mappingTable ?? []) yield ['a Mapping', mapping.attributeIndices];
}

function* inlineAttributes({ resourceProfiles }: ProfilesData): Iterable<[string, readonly OtlpKeyValue[]]> {
  for (const { resource, scopeProfiles } of resourceProfiles) {
    yield ['the Resource', resource?.attributes ?? []];
    for (const { scope } of scopeProfiles) yield ['the scope', scope?.attributes ?? []];
  }
}
