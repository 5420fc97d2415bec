#pragma once
// What happened to each test, as a line of JSON each, in the file that LEARN_REPORT names:
//
//   {"event":"start","test":"Step2_RunOnce.X"}
//   {"event":"fail","test":"Step2_RunOnce.X","message":"…"}     also: pass, skip
//   {"event":"todo","test":"Step2_RunOnce.X","step":"4.2","message":"run what was ready …"}
//   {"event":"hang","test":"Step2_RunOnce.X","message":"…"}     also: crash
//
// todo: the test ran into code that is not written yet. After hang or crash no line follows.

#include <string_view>

#include <gtest/gtest.h>

namespace tests {

/// Follows the tests: writes the report, guards each of them (guard.hpp), clears up after leaks.
/// Owned by gtest once added to its listeners.
testing::TestEventListener* make_reporter();

/// The running test, "Suite.Name" or "".
const char* running_test();

/// Says on stderr and in the report how the running test ended the process. Safe in a signal
/// handler.
void report_end(const char* event, const char* message);

/// If `message` tells of code not written yet, says so in the report and returns true.
bool report_todo(std::string_view message);

}  // namespace tests
