# Tries out which faults of aio/support/compiler_faults.hpp this compiler has, and tells `target`.
# Where the programs cannot be run, the header's own answers hold.
set(AIO_COMPILER_FAULTS_SOURCES ${CMAKE_CURRENT_LIST_DIR})

function(aio_probe_compiler_faults target)
  if(CMAKE_CROSSCOMPILING OR NOT CMAKE_CXX_COMPILER_LOADED)
    return()
  endif()
  aio_probe(${target} double_destruction AIO_DESTROYS_TWICE)
  aio_probe(${target} conditional_await AIO_SPOILS_CONDITIONAL_AWAIT)
  aio_probe(${target} loop_condition AIO_AWAITS_WHAT_IS_SKIPPED)
  aio_probe(${target} chosen_temporary AIO_DESTROYS_CHOSEN_TWICE)
endfunction()

# Runs once for each compiler: the cache keeps the answer.
function(aio_probe target program macro)
  string(MD5 compiler "${CMAKE_CXX_COMPILER} ${CMAKE_CXX_COMPILER_VERSION}")
  set(ran ${macro}_${compiler})
  try_run(${ran} ${ran}_COMPILED
    SOURCES ${AIO_COMPILER_FAULTS_SOURCES}/${program}.cpp
    CXX_STANDARD 23 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS ON)
  if(NOT ${ran}_COMPILED)
    return()
  endif()
  if("${${ran}}" STREQUAL "0")
    set(faulty 0)
  else()
    set(faulty 1)  # also where it crashes
  endif()
  target_compile_definitions(${target} INTERFACE $<BUILD_INTERFACE:${macro}=${faulty}>)
endfunction()
