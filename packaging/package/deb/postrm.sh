# shellcheck shell=sh
# What dpkg has done, see deb-postrm(5).
case $1 in
remove) removed ;;
purge) rm -rf /etc/resview ;;
esac
