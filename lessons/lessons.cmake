# What a lesson is made of. `lesson(NN-slug layer…)` defines a target for every part that exists. A
# layer is event_loop, which is aio/event_loop.hpp, or http/connection; a lesson with layers of
# http/ stands on loopwright::http, and is defined where that is.
#
#   NN.runtime NN.exercise NN.mine NN.solution   tests/NN_slug_test.cpp, once per variant,
#                                                with tests/NN_slug_*_test.cpp, if there are any
#   NN.K.exercise NN.K.mine                      only the tests of step K: quicker to compile
#   NN-fix-4b.exercise  NN-fix-4b.solution       tests/NN_fix_4b_test.cpp with that fix (or use) file
#   answers                                      all tests of fix and use files with their answers
#   NN-test-4d.exercise  NN-test-4d.solution     a test that learners write, with wrong turns
#   NN-<program>  NN-<program>.timeline          lessons/NN-slug/<program>.cpp, alone and watched
#   NN-<program>.mine                            the same on what the learner wrote; NN-try.mine is
#                                                the learner's own exercises/NN-slug/try.cpp; both
#                                                with .timeline too
#   NN-bench  NN-bench.mine                      bench/NN_slug_bench.cpp, always optimised
#
# A variant differs in one thing, the folder that the compiler searches before runtime/. Nothing
# here is part of `all`: a learner builds one exercise, the kit's tests build what they need.

option(LOOPWRIGHT_WERROR "Warnings are errors, except in what learners write" OFF)
option(LOOPWRIGHT_KIT "Define the coach and the kit's own tests too" ON)
option(LOOPWRIGHT_VARIANTS "Define what the kit tries wrong turns and starters out with" OFF)
set(LOOPWRIGHT_SANITIZER "" CACHE STRING
  "address: programs NN.runtime and answers can cancel their tests' tasks; thread; or none")
set(LOOPWRIGHT_EXERCISES ${PROJECT_SOURCE_DIR}/exercises CACHE PATH
  "The exercises that variant `exercise` compiles")
set(LOOPWRIGHT_MINE ${PROJECT_SOURCE_DIR}/.learn/mine CACHE PATH
  "The layers that variant `mine` compiles")
set(LOOPWRIGHT_TURNED ${PROJECT_SOURCE_DIR}/.learn/turned CACHE PATH
  "The layers with wrong turns that the tests of learners are compiled with")
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)

include(FetchContent)
FetchContent_Declare(googletest
  URL https://github.com/google/googletest/archive/refs/tags/v1.14.0.tar.gz
  URL_HASH SHA256=8ad598c73ad796e0d8280b082cebd82a630d73e73cd3c70057938a6501bba5d7
  FIND_PACKAGE_ARGS NAMES GTest)
FetchContent_Declare(benchmark
  URL https://github.com/google/benchmark/archive/refs/tags/v1.8.3.tar.gz
  URL_HASH SHA256=6bc180a57d23d4d9515519f92b0c83d61b05b5bab188961f36ac7b06b0d9e9ce
  FIND_PACKAGE_ARGS NAMES benchmark)
set(BUILD_GMOCK OFF)
set(INSTALL_GTEST OFF)
set(BENCHMARK_ENABLE_TESTING OFF)
set(BENCHMARK_ENABLE_INSTALL OFF)
FetchContent_MakeAvailable(googletest benchmark)

add_library(loopwright_warnings INTERFACE)  # for what we write
target_compile_options(loopwright_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion $<$<BOOL:${LOOPWRIGHT_WERROR}>:-Werror>)

add_library(loopwright_lenient INTERFACE)  # for what learners write: quick to build, checked, -g
target_compile_options(loopwright_lenient INTERFACE
  -O0 -g -pipe -Wall -Wno-unused -Wno-unused-parameter -Werror=unused-result -Werror=return-type
  $<$<CXX_COMPILER_ID:GNU>:--param=ggc-min-expand=10000>)  # no garbage collection: faster
target_compile_definitions(loopwright_lenient INTERFACE _GLIBCXX_ASSERTIONS)

add_library(loopwright_undebugged INTERFACE)  # linked after loopwright_lenient it takes back -g
target_compile_options(loopwright_undebugged INTERFACE -g0)

add_library(loopwright_forgiving INTERFACE)  # linked after loopwright_warnings: none is an error
target_compile_options(loopwright_forgiving INTERFACE -Wno-error)

# For what is the same wherever the kit is, so that its clones need not compile it (tests/kit/borrow.py).
add_library(loopwright_anywhere INTERFACE)
target_compile_options(loopwright_anywhere INTERFACE -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)

add_custom_target(runtime_tests)  # all NN.runtime

include(${CMAKE_CURRENT_LIST_DIR}/ground.cmake)
set(lesson_library loopwright::aio)  # what targets stand on; a lesson may have another
file(GLOB small_tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/*_fix_*_test.cpp
  ${PROJECT_SOURCE_DIR}/tests/*_use_*_test.cpp)
foreach(test IN LISTS small_tests)
  file(STRINGS ${test} of_http REGEX "^#include <http/")
  if(of_http)
    list(REMOVE_ITEM small_tests ${test})  # its lesson has a ground of its own for them
  endif()
endforeach()
loopwright_headers_below(below "${small_tests}")  # below no layer: all
loopwright_ground(small.ground lenient "${below}")

# lesson(NN-slug layer…)
function(lesson slug)
  set_property(GLOBAL APPEND PROPERTY LOOPWRIGHT_LESSONS ${slug})
  string(SUBSTRING ${slug} 0 2 number)
  string(REPLACE - _ name ${slug})
  if("${ARGN}" MATCHES http/)
    set(lesson_library loopwright::http)
  endif()
  set_property(GLOBAL PROPERTY LOOPWRIGHT_LIBRARY_OF_${slug} ${lesson_library})
  lesson_step_tests(${ARGN})
  lesson_small_exercises()
  lesson_programs()
  lesson_programs_together()
  lesson_written_tests()
  lesson_bench()
endfunction()

macro(lesson_programs)
  file(GLOB programs CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lessons/${slug}/*.cpp)
  foreach(program IN LISTS programs)
    cmake_path(GET program STEM stem)
    loopwright_program_on(${small_ground} ${number}-${stem} ${program})
    loopwright_program_on(${small_ground} ${number}-${stem}.timeline ${program})
    loopwright_recorded(${number}-${stem}.timeline)
    foreach(target ${number}-${stem} ${number}-${stem}.timeline)  # for an exercise that it includes
      target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/lessons/${slug})
    endforeach()
    if(NOT ${stem} STREQUAL try)
      lesson_program_on_mine(${program})
    endif()
  endforeach()
  file(GLOB own CONFIGURE_DEPENDS ${LOOPWRIGHT_EXERCISES}/${slug}/try.cpp)
  if(own)
    set(stem try)
    lesson_program_on_mine(${own})
  endif()
endmacro()

# NN-programs: all of them in one, for the kit; bin/programs/NN-name is a name of it.
macro(lesson_programs_together)
  if(programs)
    file(GLOB used CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lessons/${slug}/*.hpp
      ${PROJECT_SOURCE_DIR}/exercises/${slug}/*.cpp)
    list(TRANSFORM programs REPLACE ".*/([^/]+)\\.cpp" "\\1" OUTPUT_VARIABLE names)
    list(TRANSFORM names PREPEND ${slug}/ OUTPUT_VARIABLE paths)
    loopwright_together(source programs/${number}.cpp "${programs};${used}" ${paths})
    file(MAKE_DIRECTORY ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/programs)
    loopwright_executable(${number}-programs ${source})
    target_link_libraries(${number}-programs PRIVATE loopwright_warnings)
    foreach(stem IN LISTS names)
      add_custom_command(TARGET ${number}-programs POST_BUILD VERBATIM
        COMMAND ${CMAKE_COMMAND} -E create_symlink ../${number}-programs
          ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/programs/${number}-${stem})
    endforeach()
    set_property(GLOBAL APPEND PROPERTY LOOPWRIGHT_PROGRAMS ${number}-programs)
  endif()
endmacro()

# A program that tells what it did: see tests/support/timeline.cpp.
function(loopwright_recorded target)
  target_link_libraries(${target} PRIVATE aio_recording aio_test_main)
  target_compile_options(${target} PRIVATE
    -fsanitize-coverage=trace-pc$<$<CXX_COMPILER_ID:Clang>:,no-prune>)
endfunction()

macro(lesson_program_on_mine source)
  foreach(target ${number}-${stem}.mine ${number}-${stem}.mine.timeline)
    loopwright_executable(${target} ${source})
    target_include_directories(${target} BEFORE PRIVATE ${LOOPWRIGHT_MINE})
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/lessons/${slug})
    target_link_libraries(${target} PRIVATE loopwright_lenient)
    layers_of_mine(${target})
  endforeach()
  loopwright_recorded(${number}-${stem}.mine.timeline)
endmacro()

# The coach writes which layers these are; when it is others, all is compiled again.
function(layers_of_mine target)
  target_compile_options(${target} PRIVATE -include ${LOOPWRIGHT_MINE}/layers_of_mine.hpp)
endfunction()

macro(lesson_step_tests)
  file(GLOB tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${name}_test.cpp
    ${PROJECT_SOURCE_DIR}/tests/${name}_*_test.cpp)
  if(tests)
    lesson_slices()
    loopwright_headers_below(below "${tests}" ${ARGN})
    lesson_upper_tests(${ARGN})
    lesson_sliced_tests(exercise ${LOOPWRIGHT_EXERCISES}/${slug})
    lesson_sliced_tests(mine ${LOOPWRIGHT_MINE})
    if(LOOPWRIGHT_VARIANTS)
      lesson_tried_tests()
    endif()
    loopwright_test(${number}.solution lenient ${tests})
    target_include_directories(${number}.solution BEFORE PRIVATE
      ${PROJECT_SOURCE_DIR}/solutions/${slug})
    target_link_libraries(${number}.solution PRIVATE loopwright_undebugged)
    loopwright_runtime_test(${number}.runtime ${tests})
    if(LOOPWRIGHT_SANITIZER STREQUAL address)
      target_link_libraries(${number}.runtime PRIVATE aio_cancel_all)
      loopwright_injected_test(${number}.inject ${number}.runtime)
    endif()
  endif()
  foreach(layer ${ARGN})
    lesson_header_for_editors(${layer})
  endforeach()
endmacro()

# What learners wait for: a step's tests by themselves, and all tests in parts that compile at the
# same time: the files, or the halves of the only one. A step has no halves: both would compile the
# layer. tests/support/slice.cpp cuts. Suites' names tell the steps; those of one step are in one file.
macro(lesson_slices)
  set(slices ${PROJECT_BINARY_DIR}/slices/${name})
  file(MAKE_DIRECTORY ${slices})
  add_custom_target(${number}.slices)
  set_property(GLOBAL APPEND PROPERTY LOOPWRIGHT_SLICES ${number}.slices)
  set(steps)
  foreach(test IN LISTS tests)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${test})
    file(STRINGS ${test} tests_here REGEX "^TEST.*Step[0-9]+_")
    list(TRANSFORM tests_here REPLACE ".*Step([0-9]+)_.*" "\\1" OUTPUT_VARIABLE steps_here)
    list(REMOVE_DUPLICATES steps_here)
    foreach(step IN LISTS steps_here)
      lesson_slice(step ${step})
    endforeach()
    list(APPEND steps ${steps_here})
  endforeach()
  set(parts ${tests})
  list(LENGTH tests files)
  if(files EQUAL 1)
    set(test ${tests})
    lesson_slice(half 1)
    lesson_slice(half 2)
    set(parts ${slices}/half-1.cpp ${slices}/half-2.cpp)
  endif()
endmacro()

# Some tests are about upper layers only, and what the lesson has below those is not compiled again
# at each save either: it is in another ground. Sets `upper`, the steps of such tests, and
# `below_upper`, what is in that ground. Tags in the layers tell which steps they are written in.
macro(lesson_upper_tests)
  set(upper)
  set(upper_tests)
  set(upper_layers)
  foreach(test IN LISTS tests)
    lesson_layers_of(${test} ${ARGN})
    if(layers_of_test AND stands_on_others)
      list(APPEND upper ${steps_of_test})
      list(APPEND upper_tests ${test})
      list(APPEND upper_layers ${layers_of_test})
    endif()
  endforeach()
  if(upper)
    list(REMOVE_DUPLICATES upper_layers)
    loopwright_headers_below(below_upper "${upper_tests}" ${upper_layers})
  endif()
endmacro()

# Sets `steps_of_test`, `layers_of_test`, in which these steps are written, and `stands_on_others`:
# whether it includes a layer of the lesson that has no part in them.
function(lesson_layers_of test)
  file(STRINGS ${test} steps_of_test REGEX "^TEST.*Step[0-9]+_")
  list(TRANSFORM steps_of_test REPLACE ".*Step([0-9]+)_.*" "\\1")
  list(REMOVE_DUPLICATES steps_of_test)
  math(EXPR plain_number "${number}")
  list(JOIN steps_of_test | either)
  set(layers_of_test)
  foreach(layer IN LISTS ARGN)
    loopwright_headers_of(header ${layer})
    file(STRINGS ${header} tags REGEX "^//: ${plain_number}\\.(${either}) ")
    if(tags)
      list(APPEND layers_of_test ${layer})
    endif()
  endforeach()
  loopwright_headers_of(own ${layers_of_test})
  loopwright_headers_of(others ${ARGN})
  list(REMOVE_ITEM others ${own})
  set(stands_on_others FALSE)
  foreach(other IN LISTS others)
    loopwright_stands_on(${test} ${other})
    set(includes_other ${stands_on})
    loopwright_stands_on(${other} "${own}")
    if(includes_other AND NOT stands_on)
      set(stands_on_others TRUE)
    endif()
  endforeach()
  foreach(found steps_of_test layers_of_test stands_on_others)
    set(${found} ${${found}} PARENT_SCOPE)
  endforeach()
endfunction()

macro(lesson_slice kind part)
  add_custom_command(OUTPUT ${slices}/${kind}-${part}.cpp VERBATIM DEPENDS ${test} slice
    COMMAND slice ${test} ${slices}/${kind}-${part}.cpp ${kind} ${part})
  set_source_files_properties(${slices}/${kind}-${part}.cpp PROPERTIES
    COMPILE_OPTIONS $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  add_custom_target(${number}.${kind}-${part}.slice DEPENDS ${slices}/${kind}-${part}.cpp)
  add_dependencies(${number}.slices ${number}.${kind}-${part}.slice)
endmacro()

macro(lesson_sliced_tests variant folder)
  set(ground ${number}.${variant}.ground)
  loopwright_ground(${ground} lenient "${below}" ${folder})
  loopwright_test_on(${ground} ${number}.${variant} ${parts})
  target_include_directories(${number}.${variant} BEFORE PRIVATE ${folder})
  if(upper)
    loopwright_ground(${number}.${variant}.upper.ground lenient "${below_upper}" ${folder})
  endif()
  foreach(step IN LISTS steps)
    set(ground ${number}.${variant}.ground)
    if(step IN_LIST upper)
      set(ground ${number}.${variant}.upper.ground)
    endif()
    loopwright_test_on(${ground} ${number}.${step}.${variant} ${slices}/step-${step}.cpp)
    target_include_directories(${number}.${step}.${variant} BEFORE PRIVATE ${folder})
  endforeach()
endmacro()

# The same without a ground: cheaper where everything is compiled once (tests/kit/variants).
macro(lesson_tried_tests)
  set(tried ${number}.tried)
  loopwright_test(${number}.tried lenient ${tests})
  foreach(step IN LISTS steps)
    loopwright_test(${number}.${step}.tried lenient ${slices}/step-${step}.cpp)
    list(APPEND tried ${number}.${step}.tried)
  endforeach()
  foreach(target IN LISTS tried)
    target_include_directories(${target} BEFORE PRIVATE ${LOOPWRIGHT_EXERCISES}/${slug})
    target_link_libraries(${target} PRIVATE loopwright_undebugged loopwright_quick_link)
  endforeach()
endmacro()

# Editors take a header's flags from the source file that looks most like it. This one does.
macro(lesson_header_for_editors layer)
  loopwright_header_of(header ${layer})
  cmake_path(REPLACE_EXTENSION header cpp OUTPUT_VARIABLE source)
  set(source ${PROJECT_BINARY_DIR}/editors/exercises/${slug}/${source})
  file(CONFIGURE OUTPUT ${source} CONTENT "#include <${header}>\n")
  string(REPLACE / . editors editors.${layer})
  add_library(${editors} OBJECT EXCLUDE_FROM_ALL ${source})
  target_include_directories(${editors} BEFORE PRIVATE ${LOOPWRIGHT_EXERCISES}/${slug})
  target_link_libraries(${editors} PRIVATE ${lesson_library} loopwright_lenient)
endmacro()

macro(lesson_small_exercises)
  file(GLOB tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${number}_fix_*_test.cpp
    ${PROJECT_SOURCE_DIR}/tests/${number}_use_*_test.cpp)
  set(small_ground small.ground)
  if(tests AND NOT lesson_library STREQUAL loopwright::aio)
    set(small_ground ${number}.small.ground)
    loopwright_headers_below(below "${tests}")
    loopwright_ground(${small_ground} lenient "${below}")
  endif()
  foreach(test IN LISTS tests)
    string(REGEX REPLACE ".*/${number}_(fix|use)_([0-9a-z]+)_test.cpp" "\\1-\\2" id ${test})
    lesson_small_exercise(exercise ${LOOPWRIGHT_EXERCISES}/${slug}/${id}.cpp)
    lesson_small_exercise(solution ${PROJECT_SOURCE_DIR}/solutions/${slug}/${id}.cpp)
  endforeach()
endmacro()

# A test that learners write is compiled with the layers that ./learn has put wrong turns into.
macro(lesson_written_tests)
  file(GLOB answers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/solutions/${slug}/test-*.cpp)
  foreach(answer IN LISTS answers)
    cmake_path(GET answer STEM id)
    lesson_written_test(exercise ${LOOPWRIGHT_EXERCISES}/${slug}/${id}.cpp)
    lesson_written_test(solution ${answer})
  endforeach()
endmacro()

macro(lesson_written_test variant file)
  if(EXISTS ${file})
    loopwright_test(${number}-${id}.${variant} lenient ${file})
    target_include_directories(${number}-${id}.${variant} BEFORE PRIVATE
      ${LOOPWRIGHT_TURNED}/${id})
  endif()
endmacro()

macro(lesson_small_exercise variant file)
  if(EXISTS ${file})
    loopwright_test_on(${small_ground} ${number}-${id}.${variant} ${test} ${file})
    target_include_directories(${number}-${id}.${variant} PRIVATE
      ${PROJECT_SOURCE_DIR}/lessons/${slug})
    if(${variant} STREQUAL solution)
      set_property(GLOBAL APPEND PROPERTY LOOPWRIGHT_ANSWERS ${slug}/${id})
      target_link_libraries(${number}-${id}.solution PRIVATE loopwright_undebugged)
    endif()
  endif()
endmacro()

# `answers`, for the sanitizers: each answer with its test, of all lessons, in two files. They compile
# in a fifth of the time that the single ones take. To be called after the last lesson.
function(loopwright_answers)
  get_property(answers GLOBAL PROPERTY LOOPWRIGHT_ANSWERS)
  if(TARGET loopwright::http)
    set(lesson_library loopwright::http)  # some of them stand on it
  endif()
  file(GLOB used CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lessons/*/*.hpp
    ${PROJECT_SOURCE_DIR}/solutions/*/*.cpp ${PROJECT_SOURCE_DIR}/tests/*_test.cpp)
  loopwright_in_two(sources answers/part "${used}" ${answers})
  if(NOT LOOPWRIGHT_SANITIZER)
    loopwright_test(answers lenient ${sources})
    return()
  endif()
  ground_of_library()
  loopwright_test_on(${ground} answers ${sources})
  target_link_libraries(answers PRIVATE loopwright_forgiving)
  if(LOOPWRIGHT_SANITIZER STREQUAL address)
    target_link_libraries(answers PRIVATE aio_cancel_all)
  endif()
endfunction()

macro(lesson_bench)
  set(bench ${PROJECT_SOURCE_DIR}/bench/${name}_bench.cpp)
  if(EXISTS ${bench})
    loopwright_bench_of_layers(${number}-bench ${bench})
    set_property(GLOBAL APPEND PROPERTY LOOPWRIGHT_BENCHES ${number}-bench)
  endif()
endmacro()

# loopwright_together(OUT KIND/FILE.cpp "inputs" name…): one source made of many, see together.py.
function(loopwright_together out file inputs)
  set(together ${PROJECT_SOURCE_DIR}/tests/support/together.py)
  set(source ${PROJECT_BINARY_DIR}/${file})
  cmake_path(GET file PARENT_PATH kind)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/${kind})
  add_custom_command(OUTPUT ${source} VERBATIM DEPENDS ${together} ${inputs}
    COMMAND python3 ${together} ${kind} ${source} ${PROJECT_SOURCE_DIR} ${ARGN})
  set_source_files_properties(${source} PROPERTIES
    COMPILE_OPTIONS $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)  # of headers it is not one
  set(${out} ${source} PARENT_SCOPE)
endfunction()

function(loopwright_executable target)
  add_executable(${target} EXCLUDE_FROM_ALL ${ARGN})
  target_link_libraries(${target} PRIVATE ${lesson_library})
endfunction()

# loopwright_test(TARGET warnings|lenient source…): tests of one kind share a precompiled header.
function(loopwright_test target kind)
  loopwright_executable(${target} ${ARGN})
  target_link_libraries(${target} PRIVATE aio_test_main loopwright_${kind})
  target_precompile_headers(${target} REUSE_FROM aio_test_headers_${kind})
endfunction()

# loopwright_bench_of_layers(TARGET source…): TARGET, and TARGET.mine on what the learner wrote.
function(loopwright_bench_of_layers target)
  loopwright_bench(${target} ${ARGN})
  loopwright_bench(${target}.mine ${ARGN})
  target_include_directories(${target}.mine BEFORE PRIVATE ${LOOPWRIGHT_MINE})
  layers_of_mine(${target}.mine)
endfunction()

function(loopwright_bench target)
  loopwright_executable(${target} ${ARGN})
  target_link_libraries(${target} PRIVATE bench_support loopwright_warnings loopwright_anywhere)
  target_compile_options(${target} PRIVATE -O2 -DNDEBUG)
endfunction()
