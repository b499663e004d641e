/** How XML is written and read here: attributes by names that begin with `@`, all values as text. */
import XMLBuilder from 'fast-xml-builder';
import { XMLParser } from 'fast-xml-parser';

const attributes = { ignoreAttributes: false, attributeNamePrefix: '@' } as const;
const lists: ReadonlySet<string> = new Set(['disk', 'interface']);

export const builder = new XMLBuilder({ ...attributes, suppressEmptyNode: true });
export const parser = new XMLParser({ ...attributes, parseTagValue: false, isArray: (name) => lists.has(name) });

const hasMeaning = /[<>&'\u007f-\u009f\ufffe\uffff]/g;

/**
 * JSON with none of the characters that XML cannot say, or that mean something in it, but for the quotes. Whatever people
 * write is text between those.
 */
export const toJsonText = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    hasMeaning,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
