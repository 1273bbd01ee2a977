import { useEffect, useRef, useState } from 'preact/hooks';

/** The value, but changing at most once in `millis`; the last change is never lost. */
export function useThrottled<Value>(value: Value, millis: number): Value {
  const [shown, setShown] = useState(value);
  const changedAt = useRef(0);
  useEffect(() => {
    if (Object.is(value, shown)) return undefined;
    const wait = Math.max(0, changedAt.current + millis - performance.now());
    const timer = setTimeout(() => {
      changedAt.current = performance.now();
      setShown(value);
    }, wait);
    return () => clearTimeout(timer);
  }, [value, shown, millis]);
  return shown;
}
