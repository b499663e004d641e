import { z } from 'zod';
import { optionalSecret } from './secret.schema.ts';

/** The password that the administrator of a guest has from the first; sealed as all secrets are. */
export const adminPasswordSchema = optionalSecret(
  z.string().min(1).max(255),
  "the administrator's password; that of the image where absent",
);
