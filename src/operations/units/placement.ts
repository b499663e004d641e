/** Room on hosts. */
import type { Flavor } from '../../model/instance.ts';
import { unit } from '../../model/unit.ts';
import { controlFaults } from './faults.ts';

export const claimHost = unit<
  {
    /** Id of the claim to make. */
    readonly claim: string;
    readonly flavor: Flavor;
    /** Only this host will do. */
    readonly host?: string;
    /** Taken only when no other has room. */
    readonly avoid?: string;
    /** Not taken at all. */
    readonly exclude?: string;
  },
  { readonly host: string }
>()('claimHost', {
  runsOn: 'control',
  ensures: 'room for the flavor is claimed on the best host that has it',
  acquires: 'claim',
  faults: [...controlFaults, 'NO_VALID_HOST'],
});

export const releaseClaim = unit<{ readonly claim: string; readonly host: string | null }, unknown>()('releaseClaim', {
  runsOn: 'control',
  ensures: 'the claim is gone from its host, or from every host when it is not known which one granted it',
  acquires: null,
  releases: 'claim',
  faults: controlFaults,
});
