// Lesson 16: a Coro that nobody awaits.

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/debug/never_awaited.hpp>
#include <aio/task.hpp>

#include "support/debugged.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro, aio::create_task;
using tests::Debugged, tests::LooksLike, tests::Seen, tests::Story;

const auto compiled = tests::compiled_from(aio::layers::never_awaited);

[[gnu::noinline]] Coro<> errand(int) { co_return; }
[[gnu::noinline]] Coro<> other_errand() { co_return; }

/// Makes one and gives it away.
[[gnu::noinline]] Coro<> planned_errand() {
  Coro<> made = errand(7);
  return made;
}
/// Drops what it was given.
[[gnu::noinline]] void lose(Coro<> given) { const Coro<> dropped = std::move(given); }

/// What is in the warning: the name of the coroutine, who made it, who has dropped it.
struct Told {
  std::string name, maker, dropper;
};

/// The function's name, without its scopes, its parameters and its place.
std::string function_of(const std::string& text) {
  const std::string_view name = aio::detail::without_types(text);
  const std::size_t scope = name.rfind(':');
  return std::string(scope == name.npos ? name : name.substr(scope + 1));
}

std::string between(const std::string& text, const std::string& from, const std::string& to) {
  const std::size_t begin = text.find(from);
  if (begin == text.npos) return "";
  const std::size_t start = begin + from.size();
  const std::size_t end = to.empty() ? text.npos : text.find(to, start);
  return text.substr(start, end == text.npos ? end : end - start);
}

Told told_by(const std::string& warning) {
  const std::string scoped = between(warning, "never awaited: ", "; the Coro");
  Told told;
  const std::size_t made = scoped.find(", made in ");
  told.name = function_of(scoped.substr(0, made));
  if (made != scoped.npos) told.maker = function_of(scoped.substr(made + 10));
  told.dropper = function_of(between(warning, "dropped in ", ""));
  return told;
}

/// The only warning of a run, taken apart.
Told told_of(const Debugged& debugged, const Story& story) {
  EXPECT_STORY(story, debugged.warnings.size(), 1u, "there must be one warning");
  return debugged.warnings.empty() ? Told() : told_by(debugged.warnings[0]);
}

TEST(Step2_NeverAwaited, TellsItsNameAndWhoHasDroppedIt) {
  Debugged debugged;
  Story story;
  story.step("a task makes errand(7) and drops it");
  debugged.run([]() -> Coro<> {
    lose(errand(7));
    co_return;
  }());
  const Told told = told_of(debugged, story);
  EXPECT_STORY(story, told.name, "errand", "name_of() tells the coroutine's name");
  EXPECT_STORY(story, told.dropper, "lose", "the innermost function that is not the runtime's");
}

TEST(Step2_NeverAwaited, TellsWhoMadeIt) {
  Debugged debugged;
  Story story;
  story.step("planned_errand() makes errand(7), and its caller gives that to lose()");
  debugged.run([]() -> Coro<> {
    lose(planned_errand());
    co_return;
  }());
  const Told told = told_of(debugged, story);
  EXPECT_STORY(story, told.maker, "planned_errand", "note() is called while the Coro is being made",
               Seen{std::string("lose"), "made-where-it-is-dropped"},
               Seen{std::string("errand"), "the-maker-is-the-coroutine"});
}

TEST(Step2_NeverAwaited, IsTheNewestAtItsAddress) {
  Debugged debugged;
  Story story;
  debugged.run([](Story& told) -> Coro<> {
    for (int i = 0; i < 3; ++i) {
      told.step("an errand that is awaited: its frame's memory is used again");
      co_await errand(i);
    }
    told.step("one that planned_errand() makes, and lose() drops");
    lose(planned_errand());
  }(story));
  EXPECT_STORY(story, told_of(debugged, story).maker, "planned_errand",
               "a newer note takes the place of an older one at the same address",
               LooksLike{std::string("TestBody"), "the-oldest-note"});
}

TEST(Step2_NeverAwaited, IsNotMistakenForOneMadeBefore) {
  Debugged debugged;
  Story story;
  story.step("a Coro is noted, awaited, and gone");
  debugged.run([]() -> Coro<> { co_await errand(1); }());
  debugged.loop.set_debug(false);
  story.step("debug mode is off: another one is made at the same address, and kept");
  std::optional<Coro<>> kept;
  debugged.run([](std::optional<Coro<>>& keeps) -> Coro<> {
    keeps.emplace(errand(2));
    co_return;
  }(kept));
  debugged.loop.set_debug(true);
  story.step("debug mode is on again, and it is dropped");
  debugged.run([](std::optional<Coro<>>& drops) -> Coro<> {
    drops.reset();
    co_return;
  }(kept));
  EXPECT_STORY(story, told_of(debugged, story).maker, "",
               "nobody has noted who made this one, so nothing may be told");
}

TEST(Step2_NeverAwaited, EachHasItsOwnNote) {
  Debugged debugged;
  Story story;
  story.step("two Coros are kept at once, then the first one is dropped");
  debugged.run([]() -> Coro<> {
    std::optional<Coro<>> first(planned_errand());
    Coro<> second = other_errand();
    first.reset();
    co_await std::move(second);
  }());
  const Told told = told_of(debugged, story);
  EXPECT_STORY(story, told.name, "errand", "the one that was dropped");
  EXPECT_STORY(story, told.maker, "planned_errand", "a note belongs to one frame",
               LooksLike{std::string("other_errand"), "one-note-for-all"});
}

TEST(Step2_NeverAwaited, IsSilentOfThoseThatWereAwaited) {
  Debugged debugged;
  Story story;
  story.step("one is awaited, one is moved and awaited, one becomes a task");
  debugged.run([]() -> Coro<> {
    co_await errand(1);
    Coro<> moved = errand(2);
    Coro<> last = std::move(moved);
    co_await std::move(last);
    co_await create_task(errand(3));
  }());
  EXPECT_STORY(story, debugged.warnings.size(), 0u, "all of them have run");
}

TEST(Step2_NeverAwaited, IsSilentWhileAnExceptionPasses) {
  Debugged debugged;
  Story story;
  story.step("an errand is made, then a call throws, and the errand is destroyed on the way out");
  debugged.run([]() -> Coro<> {
    try {
      const Coro<> next = errand(1);
      throw std::runtime_error("no connection");
    } catch (const std::runtime_error&) {
    }
    co_return;
  }());
  EXPECT_STORY(story, debugged.warnings.size(), 0u,
               "it was to be awaited after the call that failed",
               Seen{std::size_t{1}, "warns-while-an-exception-passes"});
}

TEST(Step2_NeverAwaited, IsSilentWithoutDebugMode) {
  Debugged debugged;
  Story story;
  debugged.loop.set_debug(false);
  story.step("debug mode is off, and a Coro is dropped");
  debugged.run([]() -> Coro<> {
    lose(errand(7));
    co_return;
  }());
  EXPECT_STORY(story, debugged.warnings.size(), 0u, "nobody wants to know",
               Seen{std::size_t{1}, "warns-without-debug-mode"});
}

TEST(Step2_NeverAwaited, NeedsNoLoop) {
  Story story;
  { const Debugged noted; }  // from now on each coroutine of this process is told of
  story.step("no loop runs in this thread, and a Coro is dropped");
  lose(errand(7));
  EXPECT_STORY(story, aio::detail::debugged_loop() == nullptr, true, "there is nobody to warn");
}

}  // namespace
