#pragma once
// A test that fails should teach. It tells a story while it runs, a numbered step at a time, and
// when an expectation is not met, prints the story, what was expected, what happened instead, a
// likely cause, and the name of the wrong turn if that is recognised:
//
//   tests::Story story(clock);
//   story.step("call_soon(A), call_soon(B)");
//   loop.call_soon([&] { story.ran("A"); });
//   …
//   EXPECT_STORY(story, story.order(), "A B", "the queue is last in, first out",
//                tests::Seen{"B A", "lifo"});
//
// In a coroutine use the EXPECT_ form: the ASSERT_ form returns.

#include <chrono>
#include <concepts>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace tests {

/// A wrong value that has been seen before. `wrong_turn` is the name of the file in
/// tests/wrong_turns/ that produces it; what stands there after `Says:` is printed with it.
template <class T>
struct Seen {
  T value;
  const char* wrong_turn;
  static constexpr bool certain = true;
};
template <class T>
Seen(T, const char*) -> Seen<T>;

/// A wrong value that comes of this wrong turn, and may come of others: what is said begins with
/// "A mistake that looks like this".
template <class T>
struct LooksLike {
  T value;
  const char* wrong_turn;
  static constexpr bool certain = false;
};
template <class T>
LooksLike(T, const char*) -> LooksLike<T>;

/// "250 ms": a duration in the largest unit that needs no fraction; if none but ns would do, with
/// one: "53.815414 ms".
std::string to_text(std::chrono::nanoseconds duration);

template <class T>
std::string to_text(const T& value) {
  if constexpr (std::convertible_to<const T&, std::string_view>) {
    return '"' + std::string(std::string_view(value)) + '"';
  } else if constexpr (std::convertible_to<const T&, std::chrono::nanoseconds>) {
    return to_text(std::chrono::nanoseconds(value));
  } else if constexpr (requires { std::chrono::nanoseconds(value.time_since_epoch()); }) {
    return "at " + to_text(std::chrono::nanoseconds(value.time_since_epoch()));
  } else {
    return testing::PrintToString(value);
  }
}

/// Whether an expectation was met; if not, the text that says so.
struct Verdict {
  bool met = true;
  std::string text;
  explicit operator bool() const { return met; }
};

class Story {
 public:
  using Now = std::function<std::chrono::nanoseconds()>;

  /// A story without times.
  Story() = default;

  /// Stamps each step with the time of a clock (`now()`) or a loop (`time()`), which must outlive
  /// the story.
  template <class Source>
  requires requires(const Source& source) { source.now(); } || requires(const Source& source) {
    source.time();
  }
  explicit Story(const Source& source)
      : now_([&source]() -> std::chrono::nanoseconds {
          if constexpr (requires { source.now(); }) {
            return source.now().time_since_epoch();
          } else {
            return source.time().time_since_epoch();
          }
        }) {}

  /// Adds a step to the story.
  void step(std::string what);

  /// Adds a name to the order, and a step: "A runs" for a callback's name, a letter with or without
  /// a number, and "noted: 42" for all else.
  void ran(std::string name);

  /// The names given to ran() so far: "A B C".
  const std::string& order() const { return order_; }

  /// The story so far: a numbered line per step.
  std::string text() const;

  /// Compares for EXPECT_STORY. `name` is how the test writes the actual value.
  template <class Actual, class Expected, class... Known>
  Verdict judge(const char* name, const Actual& actual, const Expected& expected,
                std::string_view likely_cause, const Known&... known) const {
    if (actual == expected) return {};
    Recognized turn;
    ((turn.name == nullptr && actual == known.value
          ? void(turn = {known.wrong_turn, Known::certain})
          : void()),
     ...);
    return failed(name, to_text(actual), to_text(expected), likely_cause, turn);
  }

 private:
  struct Step {
    std::chrono::nanoseconds when;
    std::string what;
  };
  struct Recognized {
    const char* name = nullptr;  // of a wrong turn
    bool certain = true;
  };
  Verdict failed(const char* name, const std::string& actual, const std::string& expected,
                 std::string_view likely_cause, Recognized turn) const;

  Now now_;
  std::vector<Step> steps_;
  std::string order_;
};

/// The last step that any story was told, for the reports of hangs and crashes.
const char* last_step();
void forget_last_step();

}  // namespace tests

#define EXPECT_STORY(story, actual, ...)                                               \
  GTEST_AMBIGUOUS_ELSE_BLOCKER_                                                        \
  if (const ::tests::Verdict verdict_ = (story).judge(#actual, actual, __VA_ARGS__)) { \
  } else /* NOLINT */                                                                  \
    ADD_FAILURE() << verdict_.text

#define ASSERT_STORY(story, actual, ...)                                               \
  GTEST_AMBIGUOUS_ELSE_BLOCKER_                                                        \
  if (const ::tests::Verdict verdict_ = (story).judge(#actual, actual, __VA_ARGS__)) { \
  } else /* NOLINT */                                                                  \
    GTEST_FAIL() << verdict_.text
