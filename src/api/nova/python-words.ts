/** Values as Python prints them: Nova's messages quote what was sent so. */

/** As `repr` prints what came from JSON. */
export function repr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object') return typeof value;
  const items = Object.entries(value).map(([key, item]) => `${quote(key)}: ${repr(item)}`);
  return `{${items.join(', ')}}`;
}

/** As `str` prints it: a string as it is. */
export const str = (value: unknown): string => (typeof value === 'string' ? value : repr(value));

function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll(mark, `\\${mark}`);
  return `${mark}${escaped}${mark}`;
}
