# shellcheck shell=sh
# How many versions there will be: 1 in an upgrade.
[ "$1" != 0 ] || removing
