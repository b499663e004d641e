import { z } from 'zod';
import { secretText, type Sealed } from './secret.schema.ts';

export const changePasswordSchema = z
  .strictObject({
    adminPass: secretText(z.string().min(1).max(255), 'the new password; sealed before it leaves the client'),
  })
  .meta({ examples: [{ adminPass: 'correct horse battery staple' }] });
export type ChangePasswordInput = Sealed<z.infer<typeof changePasswordSchema>>;
