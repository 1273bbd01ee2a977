import type {
  CallTreeAnswer, DiffAnswer, EndpointsAnswer, FindingsAnswer, ProfilesAnswer, SpanAnswer, StateAnswer, TimelineAnswer, TraceAnswer, TracesAnswer,
} from '../../../src/api/answers.ts';

/** By name of the route under `/api/`. */
export interface Answers {
  'state': StateAnswer;
  'traces': TracesAnswer;
  'trace': TraceAnswer;
  'span': SpanAnswer;
  'timeline': TimelineAnswer;
  'call-tree': CallTreeAnswer;
  'diff': DiffAnswer;
  'endpoints': EndpointsAnswer;
  'profiles': ProfilesAnswer;
  'findings': FindingsAnswer;
}

/** Parameters of a request; undefined ones are left out, lists repeat their name. */
export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** What the server refused, or that it could not be reached. The message is for the reader of the page. */
export class ApiError extends Error {
  /** 0 = no answer at all. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
  }
}

export function apiUrl(name: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value as readonly string[] : [String(value)]) parameters.append(key, one);
  }
  const text = parameters.toString();
  return `/api/${name}${text === '' ? '' : `?${text}`}`;
}

/** @throws ApiError, or the reason of the signal */
export async function fetchAnswer<Name extends keyof Answers>(name: Name, query?: Query, signal?: AbortSignal): Promise<Answers[Name]> {
  let response: Response;
  try {
    response = await fetch(apiUrl(name, query), { signal: signal ?? null, headers: { accept: 'application/json' } });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiError(0, 'The viewer does not answer. Is it still running? Start it again with: npx @flamespan/viewer');
  }
  const text = await response.text();
  if (!response.ok) throw new ApiError(response.status, messageOf(text) ?? `The viewer answered ${response.status} ${response.statusText}.`);
  try {
    return JSON.parse(text) as Answers[Name];
  } catch {
    throw new ApiError(response.status, 'The viewer answered something that is not JSON. Does another server use its port?');
  }
}

function messageOf(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    return typeof error === 'string' ? error : undefined;
  } catch {
    return undefined;
  }
}
