/** Whether any is not 0. Looks at their halves, since each element of the column itself would be a bigint of its own. */
export function hasValues(column: BigInt64Array): boolean {
  return new Int32Array(column.buffer, column.byteOffset, column.length * 2).some((half) => half !== 0);
}
