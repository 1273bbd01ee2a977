import { ProfileDecodeError } from '../otlp/decode-error.ts';
import type { ElementBudget } from '../otlp/decode-limits.ts';
import { positiveInt32 } from '../otlp/window-collector.ts';
import type { FunctionIndex, LocationIndex, StackIndex } from '../profile.ts';
import type { ProfileBuilder } from '../profile-builder.ts';
import type { PprofFunction, PprofLocation, PprofProfile, PprofValueType } from './messages.ts';

/** The strings and stacks of a received pprof Profile, put into a builder as they are asked for. */
export class PprofTables {
  readonly #profile: PprofProfile;
  readonly #builder: ProfileBuilder;
  readonly #budget: ElementBudget;
  readonly #functions: ReadonlyMap<bigint, PprofFunction>;
  readonly #locations: ReadonlyMap<bigint, PprofLocation>;
  readonly #functionIndices = new Map<bigint, FunctionIndex>([[0n, 0]]);
  readonly #frames = new Map<bigint, readonly LocationIndex[]>();

  /** @throws {@link ProfileDecodeError} if an id is 0 or comes twice. */
  constructor(profile: PprofProfile, builder: ProfileBuilder, budget: ElementBudget) {
    this.#profile = profile;
    this.#builder = builder;
    this.#budget = budget;
    this.#functions = byId('Function', profile.function);
    this.#locations = byId('Location', profile.location);
  }

  /** @throws {@link ProfileDecodeError} if the index is outside of the string table. */
  string(index: bigint): string {
    if (index === 0n) return '';
    const text = index > 0n ? this.#profile.stringTable[Number(index)] : undefined;
    if (text !== undefined) return text;
    throw new ProfileDecodeError('ERR_INVALID_INDEX', `string ${index} of ${this.#profile.stringTable.length}`);
  }

  valueType(valueType: PprofValueType | undefined): { type: string; unit: string } {
    return { type: this.string(valueType?.type ?? 0n), unit: this.string(valueType?.unit ?? 0n) };
  }

  /** `locationIds` has the leaf first. */
  stack(locationIds: readonly bigint[]): StackIndex {
    let stack = 0;
    for (let i = locationIds.length - 1; i >= 0; i--) {
      const callerFirst = this.#framesOf(locationIds[i] as bigint);
      this.#budget.charge(callerFirst.length);
      for (const location of callerFirst) stack = this.#builder.stack(stack, location);
    }
    return stack;
  }

  #framesOf(id: bigint): readonly LocationIndex[] {
    let frames = this.#frames.get(id);
    if (frames === undefined) this.#frames.set(id, (frames = this.#createFrames(id)));
    return frames;
  }

  /** A location with inlined functions becomes several, the outermost caller first. */
  #createFrames(id: bigint): readonly LocationIndex[] {
    const location = this.#locations.get(id);
    if (location === undefined) throw new ProfileDecodeError('ERR_INVALID_INDEX', `a Sample refers to location ${id}, which is not there`);
    this.#budget.charge(1 + location.line.length);
    if (location.line.length === 0) return [0];
    return location.line
      .map(({ functionId, line, column }) => this.#builder.location(this.#function(functionId), positiveInt32(line), positiveInt32(column), 0))
      .reverse();
  }

  #function(id: bigint): FunctionIndex {
    let index = this.#functionIndices.get(id);
    if (index === undefined) this.#functionIndices.set(id, (index = this.#createFunction(id)));
    return index;
  }

  #createFunction(id: bigint): FunctionIndex {
    const fn = this.#functions.get(id);
    if (fn === undefined) throw new ProfileDecodeError('ERR_INVALID_INDEX', `a Line refers to function ${id}, which is not there`);
    const name = this.string(fn.name) || this.string(fn.systemName);
    const filename = this.string(fn.filename);
    this.#budget.charge(1, name, filename);
    return this.#builder.function(this.#builder.string(name), this.#builder.string(filename), positiveInt32(fn.startLine));
  }
}

function byId<T extends { readonly id: bigint }>(kind: string, table: readonly T[]): ReadonlyMap<bigint, T> {
  const map = new Map<bigint, T>();
  for (const entry of table) {
    if (entry.id === 0n || map.has(entry.id)) {
      throw new ProfileDecodeError('ERR_INVALID_INDEX', entry.id === 0n ? `a ${kind} has the id 0` : `two ${kind}s have the id ${entry.id}`);
    }
    map.set(entry.id, entry);
  }
  return map;
}
