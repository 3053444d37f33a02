# QuickJS as Debian 13 packages it, or as .ci/quickjs installs it. Gives the target QuickJS::QuickJS.
find_path(QuickJS_INCLUDE_DIR quickjs/quickjs.h PATHS /usr/local/include $ENV{HOME}/.local/include)
find_library(QuickJS_LIBRARY NAMES libquickjs.a quickjs
  PATHS /usr/local/lib $ENV{HOME}/.local/lib PATH_SUFFIXES quickjs)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(QuickJS REQUIRED_VARS QuickJS_LIBRARY QuickJS_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "run 'make deps' first")
if(QuickJS_FOUND AND NOT TARGET QuickJS::QuickJS)
  add_library(QuickJS::QuickJS UNKNOWN IMPORTED)
  set_target_properties(QuickJS::QuickJS PROPERTIES IMPORTED_LOCATION ${QuickJS_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${QuickJS_INCLUDE_DIR} INTERFACE_LINK_LIBRARIES "m;dl;Threads::Threads")
endif()
