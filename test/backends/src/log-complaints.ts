/** Lines in which Pyroscope reports that something went wrong. That it was asked too early whether it is ready is not. */
export function pyroscopeComplaints(log: string): readonly string[] {
  return log
    .split('\n')
    .filter((line) => line.includes('level=error') || (line.includes('msg="http request failed"') && !line.includes('uri=/ready ')));
}

/** Lines in which the Collector reports that something went wrong. */
export function collectorComplaints(log: string): readonly string[] {
  return log.split('\n').filter((line) => /^\S+\t(warn|error|dpanic|panic|fatal)\t/.test(line));
}
