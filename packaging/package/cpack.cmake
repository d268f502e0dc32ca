# .deb and .rpm, by cpack: see resviewd(8), PACKAGES.

# In a package settings are the operator's from the first day on; elsewhere they
# are an example that nothing reads.
set(conf_dir ${CMAKE_INSTALL_DATADIR}/resview)
if(CMAKE_INSTALL_PREFIX STREQUAL /usr)
  set(conf_dir /etc/resview)
endif()
install(FILES resview.conf DESTINATION ${conf_dir})
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md
  package/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/resview)

set(CPACK_PACKAGE_NAME resview)
set(CPACK_PACKAGE_VENDOR "the resview authors")
set(CPACK_PACKAGE_CONTACT "the resview authors <resview@example.org>"
  CACHE STRING "who has made the package")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY
  "truthful /proc and /sys files for containers")
set(CPACK_PACKAGE_DESCRIPTION
"A container with a memory limit and a CPU quota still sees the whole machine in
/proc/meminfo, /proc/cpuinfo, /proc/stat and the like. resview serves each
container files of its own, from its cgroups, over FUSE, and an OCI hook mounts
them when it starts. It takes the place of LXCFS.")
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_SOURCE_DIR}/package/debian.cmake)

# script FORMAT NAME: a maintainer script, which begins with what all have.
function(script format name)
  set(text "")
  set(parts package/functions.sh package/${format}/${name}.sh)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${parts})
  foreach(part ${parts})
    file(READ ${part} one)
    string(APPEND text "${one}")
  endforeach()
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${format}/${name})
  file(WRITE ${out} "${text}")
  file(CHMOD ${out} PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
    GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
endfunction()

foreach(name postinst prerm postrm)
  script(deb ${name})
  list(APPEND CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${CMAKE_CURRENT_BINARY_DIR}/deb/${name})
endforeach()
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/deb/conffiles
  "/etc/resview/resview.conf\n")
list(APPEND CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${CMAKE_CURRENT_BINARY_DIR}/deb/conffiles)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_ENHANCES
  "containerd, crun, docker.io, lxc, podman, runc")

script(rpm post)
script(rpm preun)
script(rpm postun)
set(CPACK_RPM_POST_INSTALL_SCRIPT_FILE ${CMAKE_CURRENT_BINARY_DIR}/rpm/post)
set(CPACK_RPM_PRE_UNINSTALL_SCRIPT_FILE ${CMAKE_CURRENT_BINARY_DIR}/rpm/preun)
set(CPACK_RPM_POST_UNINSTALL_SCRIPT_FILE
  ${CMAKE_CURRENT_BINARY_DIR}/rpm/postun)
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_LICENSE Apache-2.0)
set(CPACK_RPM_USER_FILELIST "%config(noreplace) /etc/resview/resview.conf")
set(CPACK_RPM_PACKAGE_DESCRIPTION "${CPACK_PACKAGE_DESCRIPTION}")
set(CPACK_PACKAGE_RELOCATABLE OFF)
set(CPACK_RPM_SPEC_MORE_DEFINE "%define _build_id_links none")
# Others' directories.
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION
  /etc /usr/sbin /usr/lib/systemd /usr/lib/systemd/system /usr/libexec
  /usr/share/doc /usr/share/man /usr/share/man/man5 /usr/share/man/man8)

include(CPack)
