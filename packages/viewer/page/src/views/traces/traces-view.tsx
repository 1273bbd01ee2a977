import type { JSX } from 'preact';
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { fetchAnswer } from '../../api/client.ts';
import { isPaused, shownRevision, shownState } from '../../api/live-state.ts';
import { Button, EmptyState, ErrorNotice } from '../../design/controls.tsx';
import { formatCount } from '../../format/units.ts';
import { address, changeQuery } from '../../router/address.ts';
import { DurationHistogramChart } from './duration-histogram.tsx';
import { MissingSignals, NothingArrived } from './set-up-advice.tsx';
import { apiQueryOf, durationRangeText, filterOf, filters, NO_FILTERS } from './trace-filter.ts';
import { TraceFilters } from './trace-filters.tsx';
import { TraceList } from './trace-list.tsx';
import { TracePages } from './trace-pages.ts';
import './traces-view.css';

export function TracesView(): JSX.Element {
  const { query } = address.value;
  const queryText = query.toString();
  const filter = useMemo(() => filterOf(new URLSearchParams(queryText)), [queryText]);
  const filterKey = JSON.stringify(filter);
  const [version, changed] = useReducer<number, void>((n) => n + 1, 0);
  const pages = useMemo(() => new TracePages((wanted, signal) => fetchAnswer('traces', apiQueryOf(wanted), signal), () => changed()), []);
  const [topCount, setTopCount] = useState(0);
  const isAtTop = useRef(true);
  const state = shownState.value;
  const revision = shownRevision.value;

  useEffect(() => () => pages.dispose(), [pages]);
  useEffect(() => {
    isAtTop.current = true;
    pages.setFilter(filter);
  }, [pages, filterKey]);
  useEffect(() => {
    if (revision === undefined) return;
    // Rows that somebody reads must not move.
    if (isAtTop.current) pages.refresh();
    else pages.check();
  }, [pages, revision]);
  const onAtTop = useCallback((now: boolean) => {
    isAtTop.current = now;
  }, []);
  const showNewest = (): void => {
    isAtTop.current = true;
    setTopCount((n) => n + 1);
    pages.refresh();
  };

  if (state !== undefined && state.traces === 0 && state.profiles === 0 && !filters(filter)) {
    return (
      <>
        <h1>Traces</h1>
        <div class="card"><NothingArrived state={state} /></div>
      </>
    );
  }
  const { histogram } = pages;
  const longest = histogram === undefined ? 1 : longestWithin(histogram.edgesNanos, histogram.counts, filter.maxDurationNanos);
  return (
    <>
      <div class="traces-head">
        <h1>Traces</h1>
        <p class="muted" aria-live="polite" data-matched={pages.matched} data-total={pages.total}>
          {pages.isKnown ? (filters(filter) ? `${formatCount(pages.matched)} of ${formatCount(pages.total)} match` : `${formatCount(pages.matched)} held`) : 'Loading'}
        </p>
        <p class="traces-arrivals" role="status">
          {pages.arrivals.count > 0 && (
            <Button variant="primary" onClick={showNewest}>
              {formatCount(pages.arrivals.count)}{pages.arrivals.isAtLeast ? ' or more' : ''} new {pages.arrivals.count === 1 ? 'trace' : 'traces'}
            </Button>
          )}
          {isPaused.value && pages.arrivals.count === 0 && <span class="muted">Paused: new traces are not shown</span>}
        </p>
      </div>
      {state !== undefined && <MissingSignals state={state} />}
      <TraceFilters filter={filter} state={state} />
      {pages.error !== undefined && <ErrorNotice error={pages.error} onRetry={() => pages.retry()} />}
      {histogram !== undefined && histogram.counts.length > 0 && (
        <DurationHistogramChart
          histogram={histogram}
          min={filter.minDurationNanos}
          max={filter.maxDurationNanos}
          onRange={(min, max) => changeQuery({ minDurationNanos: min, maxDurationNanos: max })}
        />
      )}
      {pages.isKnown && pages.matched === 0
        ? (
          <div class="card">
            <EmptyState title={pages.total === 0 ? 'No traces are held' : 'No trace matches'}>
              {filters(filter) && <p>The filters ask for {durationRangeText(filter)}{filter.service === undefined ? '' : ` of ${filter.service}`}{filter.search === undefined ? '' : ` with “${filter.search}”`}.</p>}
              {filters(filter) && <p><Button onClick={() => changeQuery(NO_FILTERS)}>Clear filters</Button></p>}
            </EmptyState>
          </div>
        )
        : <TraceList pages={pages} version={version} order={filter.order ?? 'newest'} longestNanos={longest} onAtTop={onAtTop} filterKey={filterKey} topCount={topCount} />}
    </>
  );
}

/** The upper border of the last bucket that has traces, within the filter. */
function longestWithin(edges: readonly number[], counts: readonly number[], max: number | undefined): number {
  const bucket = counts.findLastIndex((count, at) => count > 0 && (max === undefined || edges[at]! < max));
  return edges[bucket + 1] ?? 1;
}
