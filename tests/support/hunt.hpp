#pragma once
// Judges what learners say of a program of the hunt (lesson 16): the fault, and the function that
// holds it. Whoever has not named it yet hears no cause, for that would end the hunt.

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/story.hpp"

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

  /// A likely cause where the fault shows, or what was done about it.
  std::string cause(std::string cause) const { return named() ? cause : look_first; }

  /// A likely cause where nothing but the fault shows.
  std::string still(std::string cause) const {
    return named() ? "you have named the fault, and it is still there: " + cause : look_first;
  }

  /// A likely cause where the fault is not to blame: what the program had done right is broken.
  std::string broken(std::string cause) const {
    return named() ? "this was right before, and something else has broken it: " + cause
                   : look_first;
  }

  /// A wrong value whose wrong turn is told to those who know what is wrong.
  template <class T>
  LooksLike<std::optional<T>> known(LooksLike<T> seen) const {
    if (!named()) return {std::nullopt, seen.wrong_turn};
    return {std::move(seen.value), seen.wrong_turn};
  }

  /// Why the name is not right.
  std::string misnamed() const {
    if (said_ == "no answer yet") return "found() is to say what is wrong, and where";
    const bool mended =
        testing::UnitTest::GetInstance()->current_test_suite()->successful_test_count() > 0 &&
        testing::UnitTest::GetInstance()->current_test_suite()->failed_test_count() == 0;
    return mended ? "the program behaves well now: keep it as it is. Only found() says something "
                    "else of what was wrong; ask what your change has mended, and where"
                  : "found() does not tell what is wrong with this program: look at it again while "
                    "it runs, and ask the tool what it sees";
  }

  static constexpr const char* right = "the fault and its function";

 private:
  bool named() const { return said_ == right; }

  static constexpr const char* look_first =
      "found() does not name the fault yet: look at the program while it runs, and name it first";

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
