/** Room on hosts. */
import type { Flavor } from '../../model/instance.ts';
import { unit } from '../../model/unit.ts';
import { controlFaults } from './faults.ts';

export const claimHost = unit<
  {
    /** Id of the claim to make. */
    readonly claim: string;
    readonly flavor: Flavor;
    /** The host that the instance comes from: others will do only where this one's guests can go to. */
    readonly from?: string;
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

/** Something that a host has of an instance, as the unit that takes it away. */
export interface Belonging {
  /** Name of a unit of hosts. */
  readonly unit: string;
  readonly input: unknown;
}

export const leaveFencedHost = unit<
  {
    readonly host: string;
    /** The claim that the instance has there. */
    readonly claim: string;
    /** In the order in which they are taken away. */
    readonly belongings: readonly Belonging[];
  },
  unknown
>()('leaveFencedHost', {
  runsOn: 'control',
  ensures: 'the fenced host owes the removal of all that it has of the instance, whose room there is free',
  acquires: null,
  releases: 'claim',
  faults: [...controlFaults, 'HOST_NOT_FENCED'],
});

export const releaseClaim = unit<{ readonly claim: string; readonly host: string | null }, unknown>()('releaseClaim', {
  runsOn: 'control',
  ensures: 'the claim is gone from its host, or from every host when it is not known which one granted it',
  acquires: null,
  releases: 'claim',
  faults: controlFaults,
});
