// A place for the answer that also tells whoever waits for it.

#include <chrono>
#include <cstdio>
#include <exception>
#include <map>
#include <string>

#include <aio/clock.hpp>
#include <aio/event_loop.hpp>
#include <aio/future.hpp>

#include "weather.hpp"

using namespace std::chrono_literals;

namespace {

aio::VirtualClock virtual_clock;
aio::EventLoop loop({.clock = &virtual_clock});

// [ask]
std::map<std::string, aio::Future<int>> asked;

/// The temperature in `city`, now or later.
aio::Future<int> ask(const std::string& city) {
  if (const auto found = asked.find(city); found != asked.end()) return found->second;
  const aio::Future<int> answer(loop);
  asked.emplace(city, answer);
  loop.call_later(1s, [city, answer] {
    try {
      answer.set_result(measure(city));
    } catch (...) {
      answer.set_exception(std::current_exception());
    }
  });
  return answer;
}
// [/ask]

void run_for_two_seconds() {
  loop.call_later(2s, [] { loop.stop(); });
  loop.run_forever();
}

}  // namespace

int main() {
  loop.set_exception_handler([](const aio::ExceptionContext& context) {
    std::printf("  %s: %s\n", context.message.c_str(), aio::message_of(context.exception).c_str());
  });
  for (const char* city : {"Rome", "Rome", "Atlantis"}) {
    std::printf("%s:\n", city);
    // [use]
    ask(city).add_done_callback([](const aio::Future<int>& answer) {
      if (answer.exception()) return void(std::puts("  nobody knows"));
      std::printf("  it has %d degrees\n", answer.result());
    });
    std::puts("  the question is asked");
    // [/use]
    run_for_two_seconds();
  }
  std::puts("Avalon, and nobody looks at the answer:");
  // [lost]
  ask("Avalon").add_done_callback([](auto&) { std::puts("  there is an answer"); });
  run_for_two_seconds();
  asked.clear();  // the last handle goes
  // [/lost]
}
