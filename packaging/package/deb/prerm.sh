# shellcheck shell=sh
# What dpkg is about to do, see deb-prerm(5). An upgrade needs nothing.
case $1 in
remove) removing ;;
esac
