# shellcheck shell=sh
# As before; there is no purge, and rpm keeps a changed resview.conf as .rpmsave.
[ "$1" != 0 ] || removed
