import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Answers, ApiError, Query } from './client.ts';
import { apiUrl, fetchAnswer } from './client.ts';

export interface AnswerState<Answer> {
  /** The newest answer that came; of an earlier query while {@link isStale}. */
  readonly answer: Answer | undefined;
  readonly error: ApiError | undefined;
  readonly isLoading: boolean;
  /** Whether {@link answer} belongs to an earlier query. */
  readonly isStale: boolean;
  readonly retry: () => void;
}

interface Outcome<Answer> {
  readonly url: string;
  readonly answer?: Answer;
  readonly error?: ApiError;
}

/**
 * Asks the API, and asks again when the query or `revision` changes; what is under way for an earlier query is aborted.
 * A new revision of the same query keeps showing the earlier answer until the new one is there. Without a query (null)
 * it asks nothing.
 */
export function useAnswer<Name extends keyof Answers>(name: Name, query: Query | null, revision?: number): AnswerState<Answers[Name]> {
  const url = query === null ? '' : apiUrl(name, query);
  const [outcome, setOutcome] = useState<Outcome<Answers[Name]>>();
  const [isLoading, setLoading] = useState(query !== null);
  const [attempt, setAttempt] = useState(0);
  const latestQuery = useRef(query);
  latestQuery.current = query;
  const under = useRef<{ readonly url: string; isOpen: boolean; again: boolean; readonly abort: AbortController } | undefined>(undefined);

  const start = useCallback((forUrl: string) => {
    const request = { url: forUrl, isOpen: true, again: false, abort: new AbortController() };
    under.current = request;
    setLoading(true);
    fetchAnswer(name, latestQuery.current ?? {}, request.abort.signal).then(
      (answer) => !request.abort.signal.aborted && setOutcome({ url: forUrl, answer }),
      (error: unknown) => {
        if (request.abort.signal.aborted) return;
        setOutcome((before) => ({ url: forUrl, ...(before?.answer !== undefined && before.url === forUrl && { answer: before.answer }), error: error as ApiError }));
      },
    ).finally(() => {
      request.isOpen = false;
      if (request.abort.signal.aborted) return;
      if (request.again) start(forUrl);
      else setLoading(false);
    });
  }, [name]);

  useEffect(() => {
    const open = under.current;
    if (url === '') {
      open?.abort.abort();
      setLoading(false);
    } else if (open?.isOpen && open.url === url && !open.abort.signal.aborted) {
      // Revisions come faster than a slow answer: let it end, or none ever would.
      open.again = true;
    } else {
      open?.abort.abort();
      start(url);
    }
  }, [url, revision, attempt, start]);
  useEffect(() => () => under.current?.abort.abort(), []);

  const isCurrent = outcome?.url === url;
  return {
    answer: url === '' ? undefined : outcome?.answer,
    error: isCurrent ? outcome?.error : undefined,
    isLoading: isLoading || (url !== '' && !isCurrent),
    isStale: !isCurrent,
    retry: useCallback(() => setAttempt((n) => n + 1), []),
  };
}
