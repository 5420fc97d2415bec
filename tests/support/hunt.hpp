#pragma once
// Judges what learners say of a program of the hunt (lesson 16): the fault, and the function it is
// in.

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace tests {

/// `Finding` is that of lessons/16-debugging/finding.hpp.
template <class Finding>
class Hunt {
 public:
  using Fault = decltype(Finding::fault);

  /// What is right. More than one function may be to blame.
  Hunt(const Finding& found, Fault fault, std::initializer_list<std::string_view> functions)
      : said_(found.fault == Fault::not_found_yet     ? "no answer yet"
              : found.fault != fault                  ? "another fault"
              : !names_one(found.function, functions) ? "the right fault, in another function"
                                                      : right) {}

  const std::string& said() const { return said_; }

  /// A likely cause of what a test has seen the program do, for those who know what is wrong.
  std::string still(std::string cause) const {
    return said_ == right ? "you have named the fault, and it is still there: " + cause : cause;
  }

  /// Why the name is not right.
  std::string misnamed() const {
    if (said_ == "no answer yet") return "found() is to say what is wrong, and where";
    const bool mended =
        testing::UnitTest::GetInstance()->current_test_suite()->successful_test_count() > 0 &&
        testing::UnitTest::GetInstance()->current_test_suite()->failed_test_count() == 0;
    return mended ? "the program behaves well now, but found() says something else of what it was: "
                    "./learn reset brings it back, to look at it again"
                  : "found() does not tell what is wrong with this program: look at it again while "
                    "it runs, and ask the tool what it sees";
  }

  static constexpr const char* right = "the fault and its function";

 private:
  /// "Till::pay()" is "pay", too.
  static bool names_one(std::string_view function,
                        std::initializer_list<std::string_view> functions) {
    function = function.substr(0, function.find('('));
    const std::size_t scope = function.rfind("::");
    if (scope != function.npos) function.remove_prefix(scope + 2);
    return std::ranges::find(functions, function) != functions.end();
  }

  std::string said_;
};

}  // namespace tests
