/**
 * Scripts of `sh`, which get what they are about as arguments. A process of its own checks and acts, so that no worker can
 * be killed or frozen in between; a lock is held until the program has ended, whatever becomes of whoever started it.
 */

/** How {@link fenced} ends where the program does not: as the program ends otherwise. */
export const exits = { noFolder: 73, outOfTime: 75, overtaken: 76 } as const;

/**
 * What keeps a unit from changing a guest once something newer has been at it.
 *
 *     LOCK SECONDS GENERATION.SEQUENCE.ATTEMPT claim PREFIX...
 *     LOCK SECONDS GENERATION.SEQUENCE.ATTEMPT end TEXT
 *     LOCK SECONDS GENERATION.SEQUENCE.ATTEMPT run PROGRAM ARGUMENT...
 *     LOCK SECONDS GENERATION.SEQUENCE.ATTEMPT begin PROGRAM ARGUMENT...
 *     LOCK SECONDS GENERATION.SEQUENCE.ATTEMPT idle
 *
 * `claim` notes the fence unless a newer one has been noted, and removes the files and folders with these prefixes: nobody who made
 * them has a say any more. The others do something if the fence is the one that is noted: `end` notes that the unit has
 * ended; `run` runs the program; so does `begin`, for one that takes long and may have to be stopped by others: it keeps
 * another lock instead, and `idle` succeeds when nobody keeps that.
 *
 * Notes are of a fixed length and written in place: they can be made where there is no space left, so that all can be undone.
 */
export const fenced = `
set -u
lock=$1 patience=$2 mine=$3 mode=$4
shift 4
exec 9>>"$lock" || exit ${exits.noFolder}
flock -w "$patience" 9 || exit ${exits.outOfTime}
# What was waited for may have been tidied away.
[ "$lock" -ef /proc/self/fd/9 ] || exit ${exits.noFolder}
note() { env printf '%-512s\\n' "$2" 1<>"$1"; }
newest=
[ -s "$lock.fence" ] && read -r newest <"$lock.fence"
newest=\${newest:-0.0.0}

# Whether the first fence comes before the second one.
before() {
  one=$1. other=$2.
  while [ -n "$one" ]; do
    [ "\${one%%.*}" -lt "\${other%%.*}" ] && return 0
    [ "\${one%%.*}" -gt "\${other%%.*}" ] && return 1
    one=\${one#*.} other=\${other#*.}
  done
  return 1
}

if [ "$mode" = claim ]; then
  before "$mine" "$newest" && exit ${exits.overtaken}
  [ -s "$lock.done" ] || note "$lock.done" '' || exit 1
  note "$lock.fence" "$mine" || exit 1
  for prefix; do rm -rf "$prefix"*; done
  exit 0
fi
[ "$mine" = "$newest" ] || exit ${exits.overtaken}
case $mode in
end) note "$lock.done" "$1" ;;
run) exec "$@" ;;
begin)
  exec 8>>"$lock.long" || exit ${exits.noFolder}
  flock -s -n 8
  exec 9>&-
  exec "$@"
  ;;
idle)
  exec 8>>"$lock.long" || exit ${exits.noFolder}
  flock -n 8
  ;;
esac
`;

/**
 * Runs a program in one of a few places, when there is one: guests that boot at once are in one another's way.
 *
 *     PREFIX PLACES SECONDS PROGRAM ARGUMENT...
 */
export const inPlace = `
set -u
prefix=$1 places=$2 left=$(($3 * 5))
shift 3
while [ "$left" -gt 0 ]; do
  place=0
  while [ "$place" -lt "$places" ]; do
    exec 7>>"$prefix$place" || exit ${exits.noFolder}
    flock -n 7 && exec "$@"
    place=$((place + 1))
  done
  sleep 0.2
  left=$((left - 1))
done
exit ${exits.outOfTime}
`;

/**
 * Has a disk of a guest that runs be copied to a file, which is put in place for that; where a job is at work on it already,
 * that goes on, and its file is left alone.
 *
 *     DRAFT FILE DOMAIN DEVICE VIRSH WORD...
 */
export const mirrored = `
set -u
draft=$1 file=$2 domain=$3 device=$4
shift 4
job=$("$@" blockjob "$domain" "$device" --info --raw) || exit 1
[ -n "$job" ] && exit 0
mv -T "$draft" "$file" || exit 1
exec "$@" blockcopy "$domain" "$device" --dest "$file" --format qcow2 --reuse-external --transient-job
`;

/**
 * Removes a folder in which there are only locks and notes, all of them older than so many minutes, unless somebody is at it.
 *
 *     FOLDER MINUTES
 */
export const tidied = `
set -u
folder=$1 minutes=$2 lock=$1/lock
[ -e "$lock" ] || exit 0
exec 9>>"$lock" || exit 1
flock -n 9 || exit 0
if [ -e "$lock.long" ]; then
  exec 8>>"$lock.long" || exit 1
  flock -n 8 || exit 0
fi
for each in "$folder"/* "$folder"/.[!.]*; do
  [ -e "$each" ] || continue
  case \${each##*/} in
  lock | lock.fence | lock.done | lock.long | effects.ndjson | copied | interrupted-by | forced-*) ;;
  *) exit 0 ;;
  esac
done
[ -z "$(find "$folder" -mmin "-$minutes" -print -quit)" ] || exit 0
exec rm -r "$folder"
`;

/** The command that runs a script with these words. */
export const scripted = (script: string, ...words: readonly string[]): [string, ...string[]] => [
  'sh',
  '-c',
  script,
  'sh',
  ...words,
];
