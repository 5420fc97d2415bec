# The programs that wrong turns and starters are tried out with (turns.py says how):
#
#   NN.turns          the lesson's tests, with all its turns, and all it leaves to be written
#   NN-fix-4b.turns   the same for a fix or a use; its tests are compiled once for all variants
#
# LOOPWRIGHT_TURN and LOOPWRIGHT_WRITTEN choose.

# lesson_turns(NN-slug)
function(lesson_turns slug)
  string(SUBSTRING ${slug} 0 2 number)
  string(REPLACE - _ name ${slug})
  get_property(lesson_library GLOBAL PROPERTY LOOPWRIGHT_LIBRARY_OF_${slug})
  set(copy ${PROJECT_BINARY_DIR}/turns/${slug})
  file(GLOB inputs CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/wrong_turns/${slug}/*
    ${PROJECT_SOURCE_DIR}/solutions/${slug}/*.cpp)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/runtime/*.hpp)
  file(GLOB answers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/solutions/${slug}
    ${PROJECT_SOURCE_DIR}/solutions/${slug}/*.cpp)
  list(TRANSFORM answers PREPEND ${copy}/answers/ OUTPUT_VARIABLE copies)
  add_custom_command(OUTPUT ${copy}/plan.json BYPRODUCTS ${copies} ${copy}/layers.stamp VERBATIM
    COMMAND ${python} ${here}/turns.py ${slug} ${copy}
    DEPENDS ${here}/turns.py ${here}/functions.py ${here}/kit.py ${inputs} ${headers}
      ${PROJECT_SOURCE_DIR}/lessons/${slug}/lesson.json)
  add_custom_target(${number}.copy DEPENDS ${copy}/plan.json)

  file(GLOB tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${name}_test.cpp
    ${PROJECT_SOURCE_DIR}/tests/${name}_*_test.cpp)
  if(tests)
    turns_program(${number}.turns ${tests})
    set_source_files_properties(${tests} PROPERTIES OBJECT_DEPENDS ${copy}/layers.stamp)
    target_include_directories(${number}.turns BEFORE PRIVATE ${copy}/layers)
  endif()
  foreach(answer IN LISTS answers)
    cmake_path(GET answer STEM id)
    string(REPLACE - _ test ${id})
    set(test ${PROJECT_SOURCE_DIR}/tests/${number}_${test}_test.cpp)
    if(EXISTS ${test})
      turns_program(${number}-${id}.turns ${copy}/answers/${answer} ${test})
    endif()
  endforeach()
endfunction()

macro(turns_program target)
  loopwright_test(${target} lenient ${ARGN})
  target_include_directories(${target} PRIVATE ${copy} ${PROJECT_SOURCE_DIR}/lessons/${slug})
  target_compile_options(${target} PRIVATE -g0 -w)  # nobody debugs it, and mistakes look odd
  add_dependencies(${target} ${number}.copy)
  lesson_part(${number} TARGETS ${target})
endmacro()
