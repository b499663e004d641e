/** Loaded with the workflows of the product, puts the defects among its declarations. */
import { operations } from '../../../src/operations/index.ts';
import { defects } from './defects.ts';

Object.assign(operations, defects);
