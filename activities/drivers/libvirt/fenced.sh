#!/bin/sh
# What keeps a unit from changing a guest once something newer has been at it.
#
#   fenced.sh LOCK SECONDS GENERATION.SEQUENCE.ATTEMPT claim
#   fenced.sh LOCK SECONDS GENERATION.SEQUENCE.ATTEMPT run PROGRAM ARGUMENT...
#   fenced.sh LOCK SECONDS GENERATION.SEQUENCE.ATTEMPT begin PROGRAM ARGUMENT...
#
# `claim` notes the fence unless a newer one has been noted; `run` runs the program if the fence is the one that is noted,
# and so does `begin`, for a program that takes long and can be stopped by others: it does not keep the lock.
# The lock is held until the program has ended, even when whoever started it is killed or stopped meanwhile. A process of
# its own does both, check and effect, so that no worker can be frozen between them.
#
# Exits as the program does; 73: there is no such folder; 75: the lock was not to be had in time; 76: something newer has
# been there.
set -u
lock=$1 patience=$2 mine=$3 mode=$4
shift 4
exec 9>>"$lock" || exit 73
flock -w "$patience" 9 || exit 75
newest=0.0.0
[ -e "$lock.fence" ] && newest=$(cat "$lock.fence")

# Whether the first fence comes before the second one.
before() {
  one=$1. other=$2.
  while [ -n "$one" ]; do
    [ "${one%%.*}" -lt "${other%%.*}" ] && return 0
    [ "${one%%.*}" -gt "${other%%.*}" ] && return 1
    one=${one#*.} other=${other#*.}
  done
  return 1
}

case $mode in
claim)
  before "$mine" "$newest" && exit 76
  printf %s "$mine" >"$lock.new" && mv "$lock.new" "$lock.fence"
  ;;
run)
  [ "$mine" = "$newest" ] || exit 76
  exec "$@"
  ;;
begin)
  [ "$mine" = "$newest" ] || exit 76
  exec 9>&-
  exec "$@"
  ;;
esac
