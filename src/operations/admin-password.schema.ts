import { z } from 'zod';
import { optionalSecretText } from './secret.schema.ts';

/** The password that the administrator of a guest has from the first; sealed as all secrets are. */
export const adminPasswordSchema = optionalSecretText(
  z.string().min(1).max(255),
  "the administrator's password; that of the image where absent",
);
