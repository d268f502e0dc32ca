# shellcheck shell=sh
# What dpkg has done, see deb-postinst(5). Also after an upgrade or a removal
# that was given up: what is on disk then is to serve.
case $1 in
configure | abort-*) installed ;;
esac
