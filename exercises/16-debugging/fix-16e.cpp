// Exercise fix-16e. Check it with: ./learn check fix-16e
// fix-16e: an answering machine, which listens while it speaks.

#include <optional>
#include <string>
#include <utility>

#include <aio/coro.hpp>
#include <aio/queue.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <aio/task_group.hpp>

#include "phone.hpp"

/// Your answer: the fault, as finding.hpp calls it, and the function that holds it.
Finding found() { return {Fault::not_found_yet, "?"}; }

namespace {

std::string answer_to(const std::string& words) {
  if (words.ends_with('?')) return "I do not know: " + words;
  return "I shall tell them: " + words;
}

class Call {
 public:
  explicit Call(Line& line) : line_(line) {}

  aio::Coro<> take() {
    auto both = [this](aio::TaskGroup& group) -> aio::Coro<> {
      listener_ = group.create_task(listen(), "listener");
      speaker_ = group.create_task(speak(), "speaker");
      co_return;
    };
    co_await aio::task_group(both);
  }

 private:
  aio::Coro<> listen() {
    while (std::optional<std::string> words = co_await line_.hear()) {
      answers_.put_nowait(answer_to(*words));
    }
    answers_.shutdown();
    co_await *speaker_;  // all answers shall be given before we stop to listen
  }

  aio::Coro<> speak() {
    try {
      for (;;) {
        std::string answer = co_await answers_.get();
        co_await line_.say(std::move(answer));
      }
    } catch (const aio::QueueShutDown&) {  // no answer is left
    }
    co_await line_.say("Good bye.");
    co_await *listener_;  // whoever may still hear something must not lose the line
    line_.hang_up();
  }

  Line& line_;
  aio::Queue<std::string> answers_{};
  std::optional<aio::Task<>> listener_{}, speaker_{};
};

}  // namespace

aio::Coro<> take_call(Line& line) {
  Call call(line);
  co_await call.take();
}
