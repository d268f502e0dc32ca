# What Debian wants of a package's files, once they are there: pages compressed, a
# changelog in its own words, and a reason for what lintian takes for mistakes.
if(NOT CPACK_GENERATOR STREQUAL DEB)
  return()
endif()

set(share ${CPACK_TEMPORARY_DIRECTORY}/usr/share)
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${share}/doc/resview/changelog
"resview (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * Made from the upstream sources; see CHANGELOG.md.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")
file(GLOB files ${share}/man/*/*.[0-9] ${share}/doc/resview/changelog)
execute_process(COMMAND gzip -9n ${files} COMMAND_ERROR_IS_FATAL ANY)

# Static: they run in other processes' environments, enter namespaces, or must
# not die of a library. By path: so are those that are looked for in a process.
# To reload a service is not to start one.
file(WRITE ${share}/lintian/overrides/resview
"resview: statically-linked-binary
resview: maintainer-script-calls-systemctl
resview: command-with-path-in-maintainer-script
")
