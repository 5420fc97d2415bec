// fix-16f: a lounge in which guests chat with the host.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/task.hpp>
#include <aio/task_group.hpp>

#include "lounge.hpp"

//: fix-16f now
Finding found() { return {Fault::leaked_tasks, "welcome"}; }
//: fix-16f was
// /// Your answer: the fault, as finding.hpp calls it, and the function that holds it.
// Finding found() { return {Fault::not_found_yet, "?"}; }
//: fix-16f end

namespace {

using namespace std::chrono_literals;

/// A guest who is here, and when he said something last.
struct Visit {
  explicit Visit(std::shared_ptr<Guest> who) : guest(std::move(who)) {}
  void heard() { last = aio::running_loop().time(); }
  aio::Clock::duration silence() const { return aio::running_loop().time() - last; }

  const std::shared_ptr<Guest> guest;
  aio::Clock::time_point last = aio::running_loop().time();
};

std::string reply_to(const std::string& words) {
  if (words == "hello") return "Hello! Take a seat.";
  if (words.ends_with('?')) return "Who knows.";
  return "Go on.";
}

aio::Coro<> wake_up(std::shared_ptr<Visit> visit) {
  for (;;) {
    co_await aio::sleep(60s - visit->silence());
    if (visit->silence() < 60s) continue;
    try {
      co_await visit->guest->say("Are you still there?");
    } catch (const ConnectionLost&) {  // chat() will hear of it
    }
    visit->heard();
  }
}

aio::Coro<> chat(std::shared_ptr<Visit> visit) {
  try {
    while (const std::optional<std::string> words = co_await visit->guest->hear()) {
      visit->heard();
      co_await visit->guest->say(reply_to(*words));
    }
    co_await visit->guest->say("Come again!");
  } catch (const ConnectionLost&) {  // then he has left, too
  }
}

}  // namespace

aio::Coro<> welcome(std::shared_ptr<Guest> guest) {
  const auto visit = std::make_shared<Visit>(guest);
  //: fix-16f now
  auto while_he_is_here = [&](aio::TaskGroup& group) -> aio::Coro<> {
    group.create_task(wake_up(visit), "waker of " + guest->name());
    co_await chat(visit);
    group.cancel();
  };
  co_await aio::task_group(while_he_is_here);
  //: fix-16f was
  // aio::create_task(wake_up(visit), "waker of " + guest->name());
  // co_await chat(visit);
  //: fix-16f end
}
