import { defineLargeMessage, defineMessage, embedded, embeddedList, list, scalar } from '../otlp/message-schema.ts';
import type { MessageSchema } from '../otlp/message-schema.ts';
import type {
  PprofFunction, PprofLine, PprofLocation, PprofMapping, PprofProfile, PprofSample, PprofSampleLabel, PprofValueType,
} from './messages.ts';

// Field numbers and types of google/pprof's profile.proto.

const valueType: MessageSchema = defineMessage<PprofValueType>('ValueType', {
  type: scalar(1, 'int64'),
  unit: scalar(2, 'int64'),
});

const label: MessageSchema = defineMessage<PprofSampleLabel>('Label', {
  key: scalar(1, 'int64'),
  str: scalar(2, 'int64'),
  num: scalar(3, 'int64'),
  numUnit: scalar(4, 'int64'),
});

const sample: MessageSchema = defineMessage<PprofSample>('Sample', {
  locationId: list(1, 'uint64'),
  value: list(2, 'int64'),
  label: embeddedList(3, () => label),
});

const mapping: MessageSchema = defineMessage<PprofMapping>('Mapping', {
  id: scalar(1, 'uint64'),
  memoryStart: scalar(2, 'uint64'),
  memoryLimit: scalar(3, 'uint64'),
  fileOffset: scalar(4, 'uint64'),
  filename: scalar(5, 'int64'),
  buildId: scalar(6, 'int64'),
  hasFunctions: scalar(7, 'bool'),
  hasFilenames: scalar(8, 'bool'),
  hasLineNumbers: scalar(9, 'bool'),
  hasInlineFrames: scalar(10, 'bool'),
});

const line: MessageSchema = defineMessage<PprofLine>('Line', {
  functionId: scalar(1, 'uint64'),
  line: scalar(2, 'int64'),
  column: scalar(3, 'int64'),
});

const location: MessageSchema = defineMessage<PprofLocation>('Location', {
  id: scalar(1, 'uint64'),
  mappingId: scalar(2, 'uint64'),
  address: scalar(3, 'uint64'),
  line: embeddedList(4, () => line),
  isFolded: scalar(5, 'bool'),
});

const fn: MessageSchema = defineMessage<PprofFunction>('Function', {
  id: scalar(1, 'uint64'),
  name: scalar(2, 'int64'),
  systemName: scalar(3, 'int64'),
  filename: scalar(4, 'int64'),
  startLine: scalar(5, 'int64'),
});

export const pprofSchema: MessageSchema = defineLargeMessage<PprofProfile>('Profile', {
  sampleType: embeddedList(1, () => valueType),
  sample: embeddedList(2, () => sample),
  mapping: embeddedList(3, () => mapping),
  location: embeddedList(4, () => location),
  function: embeddedList(5, () => fn),
  stringTable: list(6, 'string'),
  dropFrames: scalar(7, 'int64'),
  keepFrames: scalar(8, 'int64'),
  timeNanos: scalar(9, 'int64'),
  durationNanos: scalar(10, 'int64'),
  periodType: embedded(11, () => valueType),
  period: scalar(12, 'int64'),
  comment: list(13, 'int64'),
  defaultSampleType: scalar(14, 'int64'),
  docUrl: scalar(15, 'int64'),
});
