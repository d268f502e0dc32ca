# shellcheck shell=sh
# After an installation and an upgrade.
installed
