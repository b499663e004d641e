/**
 * Whether a text is base64 as clients send it and Python reads it: what is none of its letters is passed over, and the last
 * bytes have to be filled up with `=`.
 */
export function isBase64(text: string): boolean {
  const [, letters = '', filling = ''] = /^([^=]*)(=*)/.exec(text.replaceAll(/[^A-Za-z0-9+/=]/g, '')) ?? [];
  const left = letters.length % 4;
  return left === 0 || (left > 1 && left + filling.length >= 4);
}
