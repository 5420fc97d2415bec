# What learners' tests stand on and do not compile again at each save: the layers below the one that
# is being written, googletest, and the tests' own support.
#
# With clang a ground is one precompiled header and one object. The object holds every function of
# that header, so what is compiled at a save is only the learner's layer and the tests themselves.
# g++ has nothing like it; there the ground is the precompiled header that all tests share.

# loopwright_header_of(OUT layer): aio/event_loop.hpp for event_loop, http/connection.hpp for
# http/connection.
function(loopwright_header_of out layer)
  if(NOT layer MATCHES /)
    string(PREPEND layer aio/)
  endif()
  set(${out} ${layer}.hpp PARENT_SCOPE)
endfunction()

# loopwright_headers_below(OUT "tests" layer…): what these tests and layers include, except the layers
# and whatever includes one of them; of that, what it includes.
function(loopwright_headers_below out tests)
  loopwright_headers_of(layers ${ARGN})
  set(waiting ${tests} ${layers})
  set(seen ${waiting})
  set(below)
  while(waiting)
    list(POP_FRONT waiting file)
    loopwright_includes(${file})
    foreach(header IN LISTS includes)
      loopwright_stands_on(${header} "${layers}")
      if(NOT stands_on)
        list(APPEND below ${header})
      elseif(NOT header IN_LIST seen)
        list(APPEND seen ${header})
        list(APPEND waiting ${header})
      endif()
    endforeach()
  endwhile()
  list(REMOVE_DUPLICATES below)
  # A layer as its variant's copy is found, by name.
  list(TRANSFORM below REPLACE "${PROJECT_SOURCE_DIR}/runtime/(.*)" "<\\1>")
  set(${out} ${below} PARENT_SCOPE)
endfunction()

# loopwright_headers_of(OUT layer…): their paths.
function(loopwright_headers_of out)
  set(headers)
  foreach(layer IN LISTS ARGN)
    loopwright_header_of(header ${layer})
    list(APPEND headers ${PROJECT_SOURCE_DIR}/runtime/${header})
  endforeach()
  set(${out} ${headers} PARENT_SCOPE)
endfunction()

# Sets `includes`: what a file includes, ours as paths, the rest as <name>.
function(loopwright_includes file)
  get_property(known GLOBAL PROPERTY "LOOPWRIGHT_INCLUDES ${file}" SET)
  if(NOT known)
    set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(STRINGS ${file} lines REGEX "^#include (<|\"support/)")
    list(TRANSFORM lines REPLACE "^#include (<[^>]*>|\"[^\"]*\").*" "\\1")
    list(TRANSFORM lines REPLACE "<((aio|http)/.*)>" "${PROJECT_SOURCE_DIR}/runtime/\\1")
    list(TRANSFORM lines REPLACE "\"(.*)\"" "${PROJECT_SOURCE_DIR}/tests/\\1")
    set_property(GLOBAL PROPERTY "LOOPWRIGHT_INCLUDES ${file}" "${lines}")
  endif()
  get_property(lines GLOBAL PROPERTY "LOOPWRIGHT_INCLUDES ${file}")
  set(includes "${lines}" PARENT_SCOPE)
endfunction()

# Sets `stands_on`: whether a header is one of the layers, or includes one, however indirectly.
function(loopwright_stands_on header layers)
  set(waiting ${header})
  set(seen)
  while(waiting)
    list(POP_FRONT waiting file)
    if(file IN_LIST layers)
      set(stands_on TRUE PARENT_SCOPE)
      return()
    endif()
    if(NOT file MATCHES "^<" AND NOT file IN_LIST seen)
      list(APPEND seen ${file})
      loopwright_includes(${file})
      list(APPEND waiting ${includes})
    endif()
  endwhile()
  set(stands_on FALSE PARENT_SCOPE)
endfunction()

# A ground's object calls functions that nobody calls and googletest does not have: they are dropped.
add_library(loopwright_quick_link INTERFACE)
if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  include(CheckLinkerFlag)
  check_linker_flag(CXX -fuse-ld=lld LOOPWRIGHT_HAS_LLD)
  target_link_options(loopwright_quick_link INTERFACE
    -Wl,--gc-sections $<$<BOOL:${LOOPWRIGHT_HAS_LLD}>:-fuse-ld=lld>)
endif()

# loopwright_ground(GROUND lenient|warnings "headers" [folder]): what the tests on it are compiled
# with; the folder's copies of the layers come first.
function(loopwright_ground ground kind headers)
  set_property(GLOBAL PROPERTY LOOPWRIGHT_KIND_OF_${ground} ${kind})
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    set_property(GLOBAL PROPERTY LOOPWRIGHT_HEADERS_OF_${ground} aio_test_headers_${kind})
    return()
  endif()
  add_library(${ground} OBJECT EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tests/support/headers.cpp)
  target_include_directories(${ground} BEFORE PRIVATE ${ARGN})
  target_link_libraries(${ground} PRIVATE ${lesson_library} aio_test_main loopwright_${kind})
  target_compile_options(${ground} PRIVATE -fpch-codegen -fpch-debuginfo)
  target_precompile_headers(${ground} PRIVATE
    ${PROJECT_SOURCE_DIR}/tests/support/headers.hpp ${headers})
  set(header ${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${ground}.dir/cmake_pch.hxx.pch)
  set(object ${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${ground}.dir/functions.o)
  # CMake gives cmake_pch.hxx the age of this CMakeLists.txt, so a test's new include looks old.
  set(list ${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${ground}.headers)
  file(CONFIGURE OUTPUT ${list} CONTENT "${headers}\n" @ONLY)
  set_source_files_properties(
    ${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${ground}.dir/cmake_pch.hxx.cxx
    PROPERTIES OBJECT_DEPENDS ${list})
  separate_arguments(flags UNIX_COMMAND "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_DEBUG}")
  add_custom_command(OUTPUT ${object} DEPENDS ${header} VERBATIM
    COMMENT "Compiling what ${ground} holds"
    COMMAND ${CMAKE_CXX_COMPILER} -g ${flags} -O0 -ffunction-sections -c ${header} -o ${object})
  set_source_files_properties(${object} PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
  set_property(GLOBAL PROPERTY LOOPWRIGHT_HEADERS_OF_${ground} ${ground})
  set_property(GLOBAL PROPERTY LOOPWRIGHT_OBJECT_OF_${ground} ${object})
endfunction()

# loopwright_test_on(GROUND TARGET source…)
function(loopwright_test_on ground target)
  get_property(kind GLOBAL PROPERTY LOOPWRIGHT_KIND_OF_${ground})
  get_property(headers GLOBAL PROPERTY LOOPWRIGHT_HEADERS_OF_${ground})
  get_property(object GLOBAL PROPERTY LOOPWRIGHT_OBJECT_OF_${ground})
  loopwright_executable(${target} ${ARGN} ${object})
  target_link_libraries(${target} PRIVATE aio_test_main loopwright_${kind} loopwright_quick_link)
  target_precompile_headers(${target} REUSE_FROM ${headers})
  set_target_properties(${target} PROPERTIES LOOPWRIGHT_OBJECT "${object}")
endfunction()

# loopwright_program_on(GROUND TARGET source…): a program; of the tests' support it needs nothing.
function(loopwright_program_on ground target)
  get_property(headers GLOBAL PROPERTY LOOPWRIGHT_HEADERS_OF_${ground})
  get_property(object GLOBAL PROPERTY LOOPWRIGHT_OBJECT_OF_${ground})
  if(NOT object)
    loopwright_executable(${target} ${ARGN})
    target_link_libraries(${target} PRIVATE loopwright_warnings)
    return()
  endif()
  loopwright_executable(${target} ${ARGN} ${object})
  target_link_libraries(${target} PRIVATE loopwright_lenient loopwright_quick_link)
  target_include_directories(${target} PRIVATE
    $<TARGET_PROPERTY:aio_test_main,INTERFACE_INCLUDE_DIRECTORIES>)
  target_compile_definitions(${target} PRIVATE
    $<TARGET_PROPERTY:GTest::gtest,INTERFACE_COMPILE_DEFINITIONS>)
  target_precompile_headers(${target} REUSE_FROM ${headers})
endfunction()

# starts_threads(OUT test…): those of the tests that give ThreadSanitizer something to look at.
function(starts_threads out)
  set(found)
  foreach(test IN LISTS ARGN)
    file(STRINGS ${test} lines REGEX "std::j?thread|threadsafe|to_thread|aio::resolve|getaddrinfo")
    if(lines)
      list(APPEND found ${test})
    endif()
  endforeach()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

# loopwright_runtime_test(TARGET test…): tests of the reference. In a sanitizer's tree, where nobody
# edits a layer, they stand on one ground for each library; and with ThreadSanitizer, those that start
# threads are the only ones. Without any there is no target.
function(loopwright_runtime_test target)
  set(tests ${ARGN})
  starts_threads(threaded ${tests})
  if(threaded)
    set_property(GLOBAL APPEND PROPERTY LOOPWRIGHT_THREADED_TESTS ${target})
  endif()
  if(LOOPWRIGHT_SANITIZER STREQUAL thread)
    set(tests ${threaded})
  endif()
  if(NOT tests)
    return()
  endif()
  if(LOOPWRIGHT_SANITIZER)
    ground_of_library()
    loopwright_test_on(${ground} ${target} ${tests})
  else()
    loopwright_few_files(tests ${target} ${tests})
    loopwright_test(${target} warnings ${tests})
  endif()
  add_dependencies(runtime_tests ${target})
  set_property(GLOBAL APPEND PROPERTY LOOPWRIGHT_RUNTIME_TESTS ${target})
endfunction()

# loopwright_few_files(OUT TARGET test…): three files of tests or more as two.
function(loopwright_few_files out target)
  set(files ${ARGN})
  list(LENGTH files count)
  if(count GREATER_EQUAL 3)
    list(TRANSFORM files REPLACE ".*/([^/]+)\\.cpp" "\\1" OUTPUT_VARIABLE names)
    loopwright_in_two(files tests/${target} "${ARGN}" ${names})
  endif()
  set(${out} ${files} PARENT_SCOPE)
endfunction()

# loopwright_in_two(OUT KIND/FILE "inputs" name…): many sources as two, of which each includes things
# once: the halves of the list.
function(loopwright_in_two out file inputs)
  list(LENGTH ARGN count)
  math(EXPR half "${count} / 2")
  list(SUBLIST ARGN 0 ${half} part_1)
  list(SUBLIST ARGN ${half} -1 part_2)
  set(sources)
  foreach(part 1 2)
    loopwright_together(source ${file}-${part}.cpp "${inputs}" ${part_${part}})
    list(APPEND sources ${source})
  endforeach()
  set(${out} ${sources} PARENT_SCOPE)
endfunction()

# loopwright_injected_test(TARGET TESTS): the same tests once more, with a main() that lets calls fail.
function(loopwright_injected_test target tests)
  get_target_property(libraries ${tests} LINK_LIBRARIES)
  get_target_property(object ${tests} LOOPWRIGHT_OBJECT)
  list(REMOVE_ITEM libraries aio_test_main aio_cancel_all)
  add_executable(${target} EXCLUDE_FROM_ALL $<TARGET_OBJECTS:${tests}> ${object})
  target_link_libraries(${target} PRIVATE aio_inject aio_test_main ${libraries})
  set_target_properties(${target} PROPERTIES ENABLE_EXPORTS TRUE)  # places are told by name
  target_link_options(${target} PRIVATE -Wl,--unresolved-symbols=ignore-all)  # of a ground
endfunction()

# Sets `ground`: the one of the library that the lesson stands on, with all that its tests include.
macro(ground_of_library)
  string(REPLACE loopwright:: runtime. ground ${lesson_library}.ground)
  if(NOT TARGET ${ground})
    file(GLOB tests_on_it ${PROJECT_SOURCE_DIR}/tests/*_test.cpp)
    set(of_http "/13_[^/]*$")
    list(FILTER tests_on_it EXCLUDE REGEX "/[0-9]+_(fix|use)_[^/]*$")
    if(lesson_library STREQUAL loopwright::http)
      list(FILTER tests_on_it INCLUDE REGEX ${of_http})
    else()
      list(FILTER tests_on_it EXCLUDE REGEX ${of_http})
    endif()
    loopwright_headers_below(below "${tests_on_it}")
    list(REMOVE_ITEM below <gmock/gmock.h>)  # only those that use it are linked with it
    loopwright_ground(${ground} warnings "${below}")
  endif()
endmacro()
