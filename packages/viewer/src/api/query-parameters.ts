import { QueryError } from './query-error.ts';

const MAX_TEXT = 2_000;
const MAX_VALUES = 1_000;

/**
 * Reads the parameters of one query, strictly: what is unknown, given twice or out of shape is refused in words, so that
 * nobody looks at the answer to another question.
 */
export class QueryParameters {
  readonly #query: URLSearchParams;
  readonly #prefix: string;

  /** Parameters are looked for under `prefix` and their name. */
  constructor(query: URLSearchParams, prefix = '') {
    this.#query = query;
    this.#prefix = prefix;
  }

  /** Refuses all parameters but these full names. */
  allowOnly(names: readonly string[]): void {
    for (const name of this.#query.keys()) {
      if (!names.includes(name)) throw bad(`there is no parameter ${quoted(name)}; there ${names.length === 0 ? 'are none' : `is ${names.join(', ')}`}`);
    }
  }

  withPrefix(prefix: string): QueryParameters {
    return new QueryParameters(this.#query, prefix);
  }

  text(name: string): string | undefined {
    const values = this.#query.getAll(this.#prefix + name);
    if (values.length > 1) throw bad(`${this.#prefix}${name} is given ${values.length} times; it takes one value`);
    return values[0] === undefined ? undefined : this.#checkLength(name, values[0]);
  }

  texts(name: string): readonly string[] | undefined {
    const values = this.#query.getAll(this.#prefix + name);
    if (values.length > MAX_VALUES) throw bad(`${this.#prefix}${name} is given ${values.length} times; at most ${MAX_VALUES} are taken`);
    for (const value of values) this.#checkLength(name, value);
    return values.length === 0 ? undefined : values;
  }

  oneOf<Value extends string>(name: string, values: readonly Value[]): Value | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = values.find((known) => known === text);
    if (value === undefined) throw this.#wrong(name, `one of ${values.join(', ')}`, text);
    return value;
  }

  wholeNumber(name: string, most: number = Number.MAX_SAFE_INTEGER): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!/^\d+$/.test(text) || value > most) throw this.#wrong(name, `a whole number from 0 to ${most}`, text);
    return value;
  }

  /** A number of at least 0, maybe with a fraction. */
  amount(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!/^\d+(\.\d+)?(e\+?\d+)?$/i.test(text) || !Number.isFinite(value)) throw this.#wrong(name, 'a number from 0', text);
    return value;
  }

  /** Lower-case hex digits. */
  id(name: string, digits: 16 | 32): string | undefined {
    const text = this.text(name)?.toLowerCase();
    if (text !== undefined && !(text.length === digits && /^[0-9a-f]+$/.test(text))) throw this.#wrong(name, `${digits} hex digits`, text);
    return text;
  }

  /** `from` and `to`, milliseconds since the Unix epoch. */
  period(): { readonly from?: number; readonly to?: number } {
    const from = this.amount('from');
    const to = this.amount('to');
    if (from !== undefined && to !== undefined && from > to) throw bad(`${this.#prefix}from lies after ${this.#prefix}to`);
    return present({ from, to });
  }

  #checkLength(name: string, value: string): string {
    if (value.length > MAX_TEXT) throw bad(`${this.#prefix}${name} is longer than ${MAX_TEXT} characters`);
    return value;
  }

  #wrong(name: string, expected: string, text: string): QueryError {
    return bad(`${this.#prefix}${name} must be ${expected}, not ${quoted(text)}`);
  }
}

/** Leaves out what is undefined. */
export function present<Fields extends object>(fields: Fields): { readonly [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as ReturnType<typeof present<Fields>>;
}

export function bad(message: string): QueryError {
  return new QueryError(400, message);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
